//! The pages that people read agree with the sources: what comments cite exists, and README's table
//! of settings is what a catalogue is read with.

mod citations;
mod settings;

/// Comments are read as the architecture's test reads them.
#[allow(dead_code)] // the tokens serve that test only
#[path = "../layering/lexer.rs"]
mod lexer;
