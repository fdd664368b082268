//! What is recorded: the catalogue, the rows of the state, the events of the history, and the
//! functions that read and combine rows. Data only: no rule decides here.

pub mod catalogue;
pub mod code;
pub mod counter;
pub mod due;
pub mod event;
pub mod given_up;
pub mod key;
pub mod list;
pub mod memory;
pub mod need;
pub mod organization;
pub mod preloaded;
pub mod product;
pub mod request;
pub mod seat;
pub mod state;
pub mod subscription;
pub mod system;
pub mod tables;
pub mod tally;
pub mod temporary;
pub mod wallet;
