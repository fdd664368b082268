//! Short transcripts: what people do every day, one scenario each, with every line that is said.

mod devices;
mod licences;
mod operator;
mod requests;
mod shop;
mod story;

use std::collections::BTreeSet;
use std::fs;

/// Each transcript of the fixtures with the function that plays it.
macro_rules! transcripts {
    ($($play:path => $test:ident),* $(,)?) => {
        $(
            #[test]
            fn $test() {
                $play(concat!(stringify!($test), ".md"));
            }
        )*

        const NAMES: &[&str] = &[$(concat!(stringify!($test), ".md")),*];
    };
}

transcripts! {
    licences::keys => mint_and_list_keys,
    licences::redeem => redeem_one_bad_key,
    licences::void => void_a_key,
    licences::subscription => subscription_by_hand,
    licences::refresh => refresh_what_is_due,
    licences::hardware => import_with_a_bad_line,
    licences::expansions => assign_expansions,
    operator::catalogue => apply_a_catalogue,
    operator::withdraw => withdraw_from_the_catalogue,
    operator::clock => accept_a_clock,
    operator::history => read_the_history,
    operator::bundle => inspect_a_bundle,
    operator::codes => inspect_codes,
    operator::report => write_the_report,
    requests::refused => process_one_refused_file,
    requests::twice => bring_the_same_file_twice,
    requests::approval => approve_a_waiting_device,
    requests::stick => exchange_a_stick,
    requests::by_file => deactivate_by_file,
    requests::by_code => deactivate_by_code,
    requests::denied => deny_and_undeny,
    requests::emergency => help_in_an_emergency,
    requests::extend => extend_by_hand,
    devices::first => activate_a_device,
    devices::confirmed => confirm_an_activation,
    devices::moved => deactivate_a_device,
}

#[test]
fn every_transcript_is_played() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/transcripts");
    let found: BTreeSet<String> = fs::read_dir(folder)
        .expect("the folder of the transcripts")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let played = NAMES.iter().copied().chain(["README.md", "year.md"]);
    let played: BTreeSet<String> = played.map(str::to_owned).collect();
    assert!(NAMES.len() >= 20, "twenty transcripts at least");
    assert!(
        found.is_subset(&played),
        "not played: {:?}",
        found.difference(&played)
    );
}
