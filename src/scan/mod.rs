//! Tier 4: pictures to the texts of their QR codes, in a child process.
//!
//! Pictures come from media, and what decodes them is large and not ours. So the program that holds
//! the keys never decodes one:
//!
//! | process | started by | does |
//! | --- | --- | --- |
//! | the program | | hands pictures to the supervisor through [`Scanner`], and reads texts back |
//! | supervisor | the program, before it reads a passphrase | starts workers, and ends the late |
//! | worker | the supervisor | gives up all but two pipes, decodes one picture, ends |
//!
//! The supervisor starts one worker for each picture, at most one for each core at once, and ends a
//! worker after [`TIME_LIMIT`].
//!
//! All three are the same program under another first argument ([`Role`]). A worker that a picture
//! takes over, wedges or kills costs that picture and no other: it has no keys, no files, no
//! network, no other process, and the next picture gets a new one. What it says is read as strictly
//! as what comes from a device; it can forge no document, since devices sign theirs.
//!
//! Limits: [`MAX_PICTURE_BYTES`], [`MAX_PIXELS`], [`MAX_SIDE`], [`MEMORY_LIMIT`], [`TIME_LIMIT`],
//! [`MAX_CODES`], [`MAX_TEXT`].

mod codes;
mod decode;
mod limits;
mod luma;
#[cfg(feature = "test-build")]
mod probe;
mod reading;
mod role;
mod scanner;
mod serve;
mod supervisor;
mod worker;

pub use decode::{Kind, is_whole};
pub use limits::{
    MAX_CODES, MAX_PICTURE_BYTES, MAX_PIXELS, MAX_SIDE, MAX_TEXT, MEMORY_LIMIT, TIME_LIMIT,
};
pub use reading::Reading;
pub use role::Role;
pub use scanner::{Scanner, Unread};
pub use serve::serve;
