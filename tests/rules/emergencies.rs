//! Emergencies.
