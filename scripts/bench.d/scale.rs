//! A million systems in the ledger: what a request costs then, and how long the vault takes to open
//! after a kill.
//!
//! The ledger is filled by the rules and the ledger's own code, as `process` does it, but in
//! transactions of [`TOGETHER`] requests and without files: nothing is signed and nothing is
//! published. It is kept in `target/bench` for the next run.

use crate::requests::{organization, request};
use crate::site::{Site, clock, passphrase, sync};
use crate::table::{Table, median};
use crate::{Cost, Fail, Plan, batch, fixed};
use keyspool::ledger::{Entry, Ledger, Reader, RowCache, StateView, Transaction};
use keyspool::licence::{Identifier, Moment, Ulid};
use keyspool::ops::records::{
    ANSWERS, AnswerForm, AnswerRecord, CHECKPOINTS, ReadmeRecord, Signed, put_json, written,
};
use keyspool::ops::{Signer, parallel};
use keyspool::policy::apply::change;
use keyspool::policy::ask::{Ask, Context};
use keyspool::policy::decide::Decision;
use keyspool::policy::decide::decide;
use keyspool::policy::model::grant::Grant;
use keyspool::policy::record::counter::answers_given;
use keyspool::policy::record::event::file::Source;
use keyspool::render::bundle::file_stem;
use keyspool::seal::{Verified, open_request};
use keyspool::vault::Vault;
use keyspool::wire::request::Request;
use keyspool::wire::response::{Activation, Checkpoint, HistoryPoint};
use keyspool::wire::sha256;
use keyspool::words::readme;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Requests of one transaction while the ledger is filled.
const TOGETHER: usize = 20_000;
/// Number of the first device that is put into the ledger; those of batches are below.
const FIRST: usize = 1_000_000;
/// How many times the cost of an empty ledger a request may have.
const GOAL_TIMES: f64 = 1.3;
/// Milliseconds in which the ledger must open after a kill.
const GOAL_OPEN_MS: f64 = 100.0;

/// Batches into an empty ledger and into the full one in turn; then a kill. Gives the folder that
/// it made for itself.
pub(crate) fn measure(plan: &Plan, table: &mut Table) -> Result<PathBuf, Fail> {
    let systems = plan.count(plan.systems, 20_000);
    let count = plan.count(10_000, 1_000);
    let small = Site::make(
        plan.folder.join(format!("scale-{}", std::process::id())),
        &plan.program,
    )?;
    let large = filled(plan, systems, table)?;
    let fixed = fixed(&small)?;
    let (mut without, mut with) = (Vec::new(), Vec::new());
    let begun = used(&large)?;
    // Before they are used: a run that ends early must not leave them to the next, to which each
    // would be answered already.
    std::fs::write(large.path("used"), (begun + 4 * count).to_string())?;
    for number in 0..3 {
        without.push(batch(
            &small,
            number * count..(number + 1) * count,
            0,
            fixed,
        )?);
        let first = begun + number * count;
        with.push(batch(&large, first..first + count, 0, fixed)?);
    }
    let middle = |costs: &[Cost]| median(costs.iter().map(|cost| cost.wall));
    let times = middle(&with) / middle(&without);
    let shown = format!(
        "{:.0} us against {:.0} us a request: {times:.2} times",
        middle(&with),
        middle(&without)
    );
    table.judged(
        &format!("scale: with {systems} systems"),
        &shown,
        &format!("at most {GOAL_TIMES} times"),
        times <= GOAL_TIMES,
    );
    let peak = with.iter().map(|cost| cost.peak_kib).max().unwrap_or(0);
    table.judged(
        "scale: peak memory",
        &format!("{} MiB", peak / 1024),
        "under 200 MiB",
        peak < 200 * 1024,
    );
    let opened = opened_after_a_kill(&large, begun + 3 * count..begun + 4 * count, fixed.wall)?;
    let shown = format!("{opened:.1} ms beyond the passphrase");
    table.judged(
        "scale: opened after kill -9",
        &shown,
        "under 100 ms",
        opened < GOAL_OPEN_MS,
    );
    // What was killed is completed, so that the vault can be used again.
    large.process()?;
    Ok(small.folder)
}

/// The site whose ledger holds so many systems, made if there is none.
fn filled(plan: &Plan, systems: usize, table: &mut Table) -> Result<Site, Fail> {
    let folder = plan.folder.join(format!("systems-{systems}"));
    if folder.join("used").exists() {
        return Ok(Site::at(folder, &plan.program));
    }
    let begun = Instant::now();
    let site = Site::make(folder, &plan.program)?;
    let signer = site.open()?;
    for first in (0..systems).step_by(TOGETHER) {
        fill(
            &signer,
            FIRST + first..FIRST + systems.min(first + TOGETHER),
        )?;
    }
    drop(signer);
    std::fs::write(site.path("used"), "0")?;
    let bytes = site.ledger_bytes()? as f64;
    let shown = format!(
        "{:.0} s, {:.0} bytes a system",
        begun.elapsed().as_secs_f64(),
        bytes / systems as f64
    );
    table.row(
        &format!("scale: filled with {systems} systems, {TOGETHER} a transaction"),
        &shown,
        "",
    );
    Ok(site)
}

/// Devices of batches that the site has answered already.
fn used(site: &Site) -> Result<usize, Fail> {
    Ok(std::fs::read_to_string(site.path("used"))?.trim().parse()?)
}

/// One transaction.
fn fill(signer: &Signer, numbers: std::ops::Range<usize>) -> Result<(), Fail> {
    let numbers: Vec<usize> = numbers.collect();
    let requests = parallel::map(&numbers, |number| {
        let dropped = request(*number, 0).map_err(|error| error.to_string())?;
        Ok::<_, String>((
            open_request(&dropped.bytes).map_err(|error| error.to_string())?,
            dropped.path,
        ))
    })?;
    let now = clock()?;
    let batch = Ulid::new(u64::try_from(now.unix())? * 1000, [7; 10]);
    let (mut transaction, cache) = (signer.ledger.begin()?, RowCache::default());
    let mut answers = Vec::with_capacity(requests.len());
    for ((request, path), number) in requests.iter().zip(&numbers) {
        let grant = granted(
            &transaction,
            &cache,
            signer,
            request,
            (now, batch, path, *number),
        )?;
        change::apply(&mut StateView::new(&transaction, &cache), grant.event())?;
        let number = transaction.size() + 1;
        let entry = Entry::bytes_of(number, now, signer.vault.operator(), grant.event())?;
        transaction.append_history(&entry)?;
        answers.push(answer(signer, request, &grant, now)?);
    }
    let point = HistoryPoint {
        origin: transaction.origin(),
        size: transaction.size(),
        head: transaction.head(),
    };
    let newest = answers_given(&StateView::new(&transaction, &cache))?;
    let first = newest + 1 - answers.len() as u64;
    let stored = (first..).zip(answers).map(|(number, record)| {
        let record = AnswerRecord {
            checkpoint: point.size,
            ..record
        };
        Ok((number.to_be_bytes().to_vec(), written(ANSWERS, &record)?))
    });
    transaction.put_all(ANSWERS, stored.collect::<Result<Vec<_>, Fail>>()?)?;
    let payload = String::from_utf8(
        Checkpoint {
            point,
            issued_at: now,
        }
        .to_payload(),
    )?;
    put_json(
        &mut transaction,
        CHECKPOINTS,
        point.size,
        &Signed {
            payload,
            key_id: signer.vault.signing_key().key_id(),
        },
    )?;
    cache.write(&mut transaction)?;
    transaction.commit()?;
    Ok(())
}

fn granted(
    transaction: &Transaction<'_>,
    cache: &RowCache,
    signer: &Signer,
    request: &Verified<Request>,
    (now, batch, path, number): (Moment, Ulid, &str, usize),
) -> Result<Box<Grant>, Fail> {
    let organization = Identifier::new(&organization(number))?;
    let drawn = sha256(&[b"activation", &(number as u64).to_be_bytes()]).0;
    let context = Context {
        today: now.day(),
        now,
        trust_list: signer.vault.trust_list().0.version,
        fresh_id: Ulid::new(
            u64::try_from(now.unix())? * 1000,
            std::array::from_fn(|i| drawn[i]),
        ),
        vouched: Some(organization.clone()),
        folder: Some(organization),
        witness: None,
        source: Source {
            batch,
            file: path.to_owned(),
            digest: request.document_id(),
        },
    };
    match decide(
        &StateView::new(transaction, cache),
        &Ask::device(request, &context),
    ) {
        Ok(Decision::Granted(grant)) => Ok(grant),
        other => Err(format!("device {number} was not granted: {other:?}").into()),
    }
}

fn answer(
    signer: &Signer,
    request: &Verified<Request>,
    grant: &Grant,
    now: Moment,
) -> Result<AnswerRecord, Fail> {
    let answer = grant.answer().ok_or("a grant without an answer")?;
    let activation = Activation::read(&answer.payload)?;
    Ok(AnswerRecord {
        request: request.document_id(),
        form: AnswerForm::Activation,
        payload: String::from_utf8(answer.payload.clone())?,
        document: answer.document_id(),
        key_id: signer.vault.signing_key().key_id(),
        trust_list: activation.trust_list,
        trust_list_picture: true,
        checkpoint: 0,
        organization: activation.organization.to_string(),
        stem: file_stem(
            &activation.computer_name,
            &activation.activation_id,
            activation.sequence,
        ),
        readme: Some(ReadmeRecord {
            version: readme::VERSION,
            organization: activation.organization.to_string(),
            product: activation.product.to_string(),
            contact: None,
        }),
        computer_key_types: Vec::new(),
        issued_at: now,
    })
}

/// Kills the program while it answers, and opens its vault: milliseconds beyond those of the
/// passphrase.
fn opened_after_a_kill(
    site: &Site,
    numbers: std::ops::Range<usize>,
    fixed: Duration,
) -> Result<f64, Fail> {
    site.drop_requests(numbers, 0)?;
    let before = site.ledger_written()?;
    let mut child = site.spawn()?;
    let begun = Instant::now();
    // Into the middle of its work: when the first transactions are on disk.
    while site.ledger_written()? == before && begun.elapsed() < fixed + Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(2));
    }
    std::thread::sleep(Duration::from_millis(200));
    child.kill()?;
    child.wait()?;
    sync()?;
    let vault = Vault::open(&site.path("vault"), &passphrase()?)?;
    let begun = Instant::now();
    let ledger = Ledger::open_waiting(
        &site.path("vault"),
        vault.id(),
        vault.records(),
        Duration::ZERO,
        "bench",
    )?;
    let opened = begun.elapsed().as_secs_f64() * 1e3;
    drop(ledger);
    Ok(opened)
}
