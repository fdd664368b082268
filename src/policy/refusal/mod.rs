//! Why a request or an order is refused: one variant a refusal, with what was found and what is
//! allowed as facts (LICENSING section 14). `words` makes sentences of them.

mod elsewhere;
mod file;
mod given_up;
mod hardware;
mod key;
mod kinds;
mod licences;
mod serial;
mod stop;
mod subject;
mod system;
mod term;
mod trial;

pub use elsewhere::ElsewhereRefusal;
pub use file::FileRefusal;
pub use given_up::GivenUpRefusal;
pub use hardware::HardwareRefusal;
pub use key::KeyRefusal;
pub use licences::{DrawnOn, LicencesRefusal};
pub use serial::{RecordedAs, SerialRefusal};
pub use stop::{Refusal, Refused, Stop};
pub use subject::{Fresh, SubjectRefusal};
pub use system::{SystemRefusal, Unstated};
pub use term::TermRefusal;
pub use trial::TrialRefusal;
