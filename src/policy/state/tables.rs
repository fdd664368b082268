//! Which tables the history replays.

use super::{
    AnsweredRow, ApprovalRow, CatalogueRow, CounterRow, DueRow, GivenBackRow, HardwareRow, KeyRow, ListHeadRow, ListRow, NeedRow,
    OrganizationRow, ProductRow, Row, SeenRow, SuspicionRow, SystemRow, TallyRow, WaitingRow, WalletRow, WrongCodesRow,
};
use crate::policy::subscription::{PeriodRow, SubscriptionRow};

/// Every table of rows that the history replays.
pub const TABLES: [&str; 22] = [
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
];
