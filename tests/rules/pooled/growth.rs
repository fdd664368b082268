//! Growth within a licensed period (LICENSING section 9.5).

use crate::bench::{Bench, seats};
use crate::desk::{Desk as _, activate, ask, both, device, pooled};
use keyspool::licence::Counts;
use keyspool::policy::model::pooled::growth::{is_reported, missing};
use keyspool::policy::order::assign::Which;
use keyspool::policy::record::catalogue::settings::ProductSettings;
use keyspool::policy::record::code::RefusalCode;
use keyspool::policy::record::product::ProductRow;
use keyspool::policy::record::state::State as _;
use keyspool::policy::record::state::key_of;
use keyspool::wire::request::Wanted;

fn settings(text: &str) -> ProductSettings {
    pooled(text)
        .state
        .get::<ProductRow>(&key_of(&["nas"]))
        .expect("in memory")
        .expect("a product")
        .settings
        .clone()
}

/// Licensed for four of 2026-11-22, and the grace is over.
fn past_the_grace(text: &str) -> Bench {
    let mut bench = pooled(text);
    bench.stock(4);
    activate(&mut bench, &mut device(1), 4);
    bench.on("2027-01-10");
    bench
}

#[test]
fn the_need_may_double_and_not_a_licence_more() {
    let mut bench = past_the_grace("");
    activate(&mut bench, &mut device(2), 3);
    activate(&mut bench, &mut device(3), 1);
    let refused = ask(&mut bench, &mut device(4), Wanted::Activate, &seats(1));
    assert_eq!(refused.code(), Some(RefusalCode::GrowthAllowance));
    assert_eq!(
        (bench.outlook().need, bench.period(0).missing),
        (seats(8), seats(4))
    );
}

#[test]
fn growth_comes_before_the_wallet() {
    let mut bench = past_the_grace("");
    bench.stock(3);
    activate(&mut bench, &mut device(2), 4);
    assert_eq!(
        (bench.period(0).assigned, bench.left()),
        (seats(4), seats(3)),
        "8 are allowed"
    );
    activate(&mut bench, &mut device(3), 2);
    assert_eq!(
        (bench.period(0).assigned, bench.left()),
        (seats(5), seats(2)),
        "10 need 5"
    );
    activate(&mut bench, &mut device(4), 3);
    assert_eq!(
        (bench.period(0).assigned, bench.left()),
        (seats(7), Counts::new()),
        "13 need 7"
    );
    activate(&mut bench, &mut device(5), 1);
    assert_eq!(
        ask(&mut bench, &mut device(6), Wanted::Activate, &seats(1)).code(),
        Some(RefusalCode::GrowthAllowance)
    );
}

#[test]
fn grace_draws_the_wallet_before_growth() {
    let mut bench = pooled("");
    bench.stock(5);
    activate(&mut bench, &mut device(1), 3);
    assert_eq!(bench.period(0).assigned, seats(3));
    activate(&mut bench, &mut device(2), 4);
    assert_eq!(
        (bench.period(0).assigned, bench.left()),
        (seats(5), Counts::new()),
        "2 of 4 from the wallet, growth to 7"
    );
    activate(&mut bench, &mut device(3), 3);
    assert_eq!(
        ask(&mut bench, &mut device(4), Wanted::Activate, &seats(1)).code(),
        Some(RefusalCode::GrowthAllowance)
    );
    let key = bench.mint(1);
    assert_eq!(
        crate::desk::ask_with(&mut bench, &mut device(4), Wanted::Activate, 1, &[key]).code(),
        None
    );
    assert_eq!(bench.period(0).assigned, seats(6));
}

#[test]
fn the_allowance_is_that_of_the_catalogue_today() {
    for (percent, allowed) in [(0, 0_u64), (24, 0), (25, 1), (49, 1), (50, 2), (1000, 40)] {
        let mut bench = past_the_grace(&format!(r#","growth_allowance_percent":{percent}"#));
        let over = ask(
            &mut bench,
            &mut device(2),
            Wanted::Activate,
            &seats(allowed + 1),
        );
        assert_eq!(over.code(), Some(RefusalCode::GrowthAllowance), "{percent}");
        if allowed > 0 {
            activate(&mut bench, &mut device(2), allowed);
        }
    }
    let mut bench = past_the_grace("");
    let mut second = device(2);
    activate(&mut bench, &mut second, 4);
    bench.settings(r#","growth_allowance_percent":0"#);
    activate(&mut bench, &mut second, 4);
    assert_eq!(
        ask(&mut bench, &mut second, Wanted::Activate, &seats(5)).code(),
        Some(RefusalCode::GrowthAllowance)
    );
}

#[test]
fn missing_is_the_least_that_suffices() {
    let hundred = settings("");
    let missing = |need: &Counts, assigned: &Counts, settings: &ProductSettings| {
        missing(need, assigned, settings).expect("small counts")
    };
    let thousand = settings(r#","growth_allowance_percent":1000"#);
    assert_eq!(missing(&seats(8), &seats(4), &hundred), Counts::new());
    assert_eq!(missing(&seats(9), &seats(4), &hundred), seats(1));
    assert_eq!(
        missing(&both(6, 12), &both(4, 3), &hundred),
        both(2, 0),
        "`seat` stands before `extra`"
    );
    assert_eq!(missing(&both(6, 14), &both(4, 3), &hundred), both(2, 1));
    assert_eq!(
        missing(&both(2, 14), &both(4, 3), &hundred),
        both(0, 1),
        "more `seat` than needed counts in the total"
    );
    let third = settings(r#","growth_allowance_percent":33"#);
    assert_eq!(missing(&seats(133), &seats(100), &third), Counts::new());
    assert_eq!(missing(&seats(134), &seats(100), &third), seats(1));
    assert_eq!(missing(&seats(1), &Counts::new(), &thousand), seats(1));
    let huge: Counts = seats(u64::MAX);
    assert_eq!(
        missing(&huge, &seats(u64::MAX / 2), &hundred),
        seats(1),
        "no arithmetic goes out of range"
    );
}

#[test]
fn growth_at_80_percent_is_reported() {
    let reported = |need, assigned, percent| {
        is_reported(&seats(need), &seats(assigned), percent).expect("small counts")
    };
    assert!(!reported(179, 100, 100) && reported(180, 100, 100));
    assert!(!reported(139, 100, 50) && reported(140, 100, 50));
    assert!(!reported(100, 100, 0) && reported(101, 100, 0));
}

#[test]
fn what_grew_is_due_for_the_next_period() {
    let mut bench = past_the_grace("");
    activate(&mut bench, &mut device(2), 4);
    bench.stock(8);
    assert_eq!(bench.plan("nas", Which::Next, None, false).taken, seats(8));
    assert_eq!(
        bench.plan("nas", Which::Current, None, false).taken,
        seats(4),
        "an operator may also license what grew"
    );
}
