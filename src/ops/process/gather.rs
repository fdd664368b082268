//! Documents and parts of QR texts, put together from all files.

use super::codes::judge_qr;
use super::held::Judged;
use super::refusal::Refusal;
use super::sequence::place_of;
use super::taken::{Content, Intake, Seen, WaitingSet};
use super::witness::own_witness;
use crate::policy::refusal::FileRefusal;
use crate::vault::Vault;
use crate::wire::WireError;
use crate::wire::qr::PartSet;
use std::collections::BTreeMap;

/// Parts of one tag, and the files that they stand in.
type Gathering = (PartSet, Vec<usize>);

/// Puts documents and parts together.
pub(super) fn gather(seen: Vec<Seen>, vault: &Vault, intake: &mut Intake) {
    let mut sets: BTreeMap<[u8; 8], Gathering> = BTreeMap::new();
    // A list that grows while it is filled takes more memory than it needs.
    intake.files.reserve_exact(seen.len());
    intake
        .documents
        .reserve_exact(seen.iter().map(|one| one.documents.len()).sum());
    for one in seen {
        let index = intake.files.len();
        intake.files.push(one.file);
        for content in one.documents {
            intake.add(&[index], content);
        }
        for part in one.parts {
            let (set, members) = sets.entry(part.tag).or_default();
            // Two different parts of one number make the set void: joining it says so.
            drop(set.add(part));
            members.push(index);
        }
    }
    for (tag, (set, members)) in sets {
        gather_set(intake, vault, &tag, &set, &members);
    }
}

fn gather_set(intake: &mut Intake, vault: &Vault, tag: &[u8; 8], set: &PartSet, members: &[usize]) {
    let mut files = members.to_vec();
    files.sort_unstable();
    files.dedup();
    match set.join() {
        Ok(text) => intake.add(&files, kept(judge_qr(&text), vault, true)),
        Err(WireError::PartsMissing { missing, count }) => {
            let have = (1..=count)
                .filter(|index| !missing.contains(index))
                .collect();
            intake.waiting.push(WaitingSet {
                tag: String::from_utf8_lossy(tag).into_owned(),
                have,
                count,
                files,
            });
        }
        Err(error) => {
            let refusal = Box::new(Refusal::from(FileRefusal::from(error)));
            for file in files {
                intake.add(&[file], Content::Refused(refusal.clone()));
            }
        }
    }
}

/// A document as it is kept until it is to be decided.
pub(super) fn kept(judged: Judged, vault: &Vault, in_memory: bool) -> Content {
    match judged {
        Judged::Request(request) => {
            let witness = own_witness(vault, &request).map(Box::new);
            if in_memory {
                Content::Request(request, witness)
            } else {
                Content::OnDisk(place_of(&request), witness)
            }
        }
        Judged::Refused(refusal) => Content::Refused(refusal),
    }
}
