//! Which tables the history replays.

use super::{
    AnsweredRow, ApprovalRow, CatalogueRow, CounterRow, DueRow, GivenBackRow, HardwareRow, KeyRow,
    ListHeadRow, ListRow, NeedRow, OrganizationRow, ProductRow, Row, SeenRow, SuspicionRow,
    SystemRow, Table, TallyRow, WaitingRow, WalletRow, WrongCodesRow,
};
use crate::policy::passing::TrialRow;
use crate::policy::preloaded::{ExpansionRow, RecordRow};
use crate::policy::subscription::{PeriodRow, SubscriptionRow};

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
