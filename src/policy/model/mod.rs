//! What each product model grants, and what all models share.

pub mod confirmation;
pub mod counted;
pub mod deactivation;
pub mod device;
pub mod drawing;
pub mod emergency;
pub mod grant;
pub mod hardware;
pub mod issue;
pub mod need;
pub mod pooled;
pub mod request;
pub mod temporary;
pub mod trial;
