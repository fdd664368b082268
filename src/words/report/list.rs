//! Lists of systems: cut for people, whole for programs.

/// Most systems of one list that people are shown.
pub const LISTED: usize = 20;
