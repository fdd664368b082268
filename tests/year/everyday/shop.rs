//! The catalogue of the stories.

/// Two customers, and a product of each model.
pub(super) const CATALOGUE: &str = r#"{
  "organizations": [
    {"id": "acme", "name": "Acme", "contact": "licences@acme.example"},
    {"id": "globex", "name": "Globex"}
  ],
  "products": [
    {"id": "vms", "name": "Video", "model": "pooled-subscription",
     "licence_types": [{"id": "channel", "name": "Channel"}]},
    {"id": "desk", "name": "Desk", "model": "device-subscription", "registration": "open",
     "licence_types": [{"id": "seat", "name": "Seat"}]},
    {"id": "safe", "name": "Safe", "model": "device-subscription", "registration": "approved",
     "licence_types": [{"id": "seat", "name": "Seat"}]},
    {"id": "gate", "name": "Gate camera", "model": "hardware", "registration": "open",
     "licence_types": [{"id": "channel", "name": "Channel"}]}
  ]
}"#;
