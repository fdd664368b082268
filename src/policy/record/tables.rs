//! Which tables the history replays.

use crate::policy::record::counter::CounterRow;
use crate::policy::record::given_up::{DueRow, GivenBackRow, SeenRow, SuspicionRow, WrongCodesRow};
use crate::policy::record::key::KeyRow;
use crate::policy::record::list::{ListHeadRow, ListRow};
use crate::policy::record::need::NeedRow;
use crate::policy::record::organization::OrganizationRow;
use crate::policy::record::preloaded::{ExpansionRow, RecordRow};
use crate::policy::record::product::{CatalogueRow, ProductRow};
use crate::policy::record::request::{AnsweredRow, ApprovalRow, WaitingRow};
use crate::policy::record::state::Row as _;
use crate::policy::record::state::Table;
use crate::policy::record::subscription::{PeriodRow, SubscriptionRow};
use crate::policy::record::system::{HardwareRow, SystemRow};
use crate::policy::record::tally::TallyRow;
use crate::policy::record::temporary::TrialRow;
use crate::policy::record::wallet::WalletRow;

/// Every table of rows that the history replays.
pub const TABLES: [Table; 25] = [
    OrganizationRow::TABLE,
    CatalogueRow::TABLE,
    ProductRow::TABLE,
    KeyRow::TABLE,
    WalletRow::TABLE,
    SystemRow::TABLE,
    HardwareRow::TABLE,
    ListHeadRow::TABLE,
    ListRow::TABLE,
    WaitingRow::TABLE,
    ApprovalRow::TABLE,
    CounterRow::TABLE,
    TallyRow::TABLE,
    NeedRow::TABLE,
    AnsweredRow::TABLE,
    SubscriptionRow::TABLE,
    PeriodRow::TABLE,
    GivenBackRow::TABLE,
    WrongCodesRow::TABLE,
    SeenRow::TABLE,
    SuspicionRow::TABLE,
    DueRow::TABLE,
    TrialRow::TABLE,
    RecordRow::TABLE,
    ExpansionRow::TABLE,
];
