//! The floor: what one request cannot do without, part by part, each on all cores.

use crate::Fail;
use crate::requests::request;
use crate::site::{Site, sync};
use crate::table::Table;
use keyspool::ops::parallel;
use keyspool::render::bundle::{BundleContent, zip};
use keyspool::render::picture::Picture;
use keyspool::seal::open_request;
use keyspool::seal::record::RecordSealer;
use keyspool::wire::qr::{Deflater, parts_of};
use keyspool::wire::{Envelope, Kind};
use std::cell::{Cell, RefCell};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Files that one sync writes through, in requests.
const SYNC_EVERY: usize = 512;

/// What a bundle of the program holds, read back.
struct Sample {
    payload: Vec<u8>,
    envelope: Envelope,
    content: BundleContent,
    picture: Picture,
    zip: Vec<u8>,
    png: Vec<u8>,
    svg: String,
}

/// Measures every part and gives their sum, in microseconds a request.
pub(crate) fn measure(site: &Site, count: usize, table: &mut Table) -> Result<f64, Fail> {
    let samples = site
        .published("zip", 64)?
        .iter()
        .map(|path| sample(path))
        .collect::<Result<Vec<_>, _>>()?;
    if samples.is_empty() {
        return Err("no bundle to take apart".into());
    }
    let of = |number: usize| &samples[number % samples.len()];
    let requests = (0..count)
        .map(|number| Ok(request(number, 0)?.bytes))
        .collect::<Result<Vec<_>, Fail>>()?;
    let signer = site.open()?;
    let (key, records) = (signer.vault.signing_key(), signer.vault.records());
    let folder = site.folder.join("floor");
    let files = || three_files(&folder, count, of);
    let mut sum = 0.0;
    let mut part = |name: &str, micros: f64| {
        table.row(&format!("floor: {name}"), &format!("{micros:.1} us"), "");
        sum += micros;
    };
    part(
        "verify",
        each(count, |n| {
            open_request(&requests[n])
                .map(drop)
                .map_err(|e| e.to_string())
        })?,
    );
    part(
        "sign",
        each(count, |n| {
            keep(key.sign(Kind::Activation, of(n).payload.clone()))
        })?,
    );
    part(
        "seal",
        each(count, |n| {
            keep(records.seal(n as u64 / 512, "floor", &n.to_be_bytes(), &of(n).payload))
        })?,
    );
    part(
        "QR",
        each(count, |n| {
            Picture::of(&parts(&of(n).envelope)?)
                .map(drop)
                .map_err(|e| e.to_string())
        })?,
    );
    part(
        "PNG",
        each(count, |n| {
            of(n).picture.png().map(drop).map_err(|e| e.to_string())
        })?,
    );
    part("SVG", each(count, |n| keep(of(n).picture.svg()))?);
    part(
        "zip",
        each(count, |n| {
            zip(&of(n).content).map(drop).map_err(|e| e.to_string())
        })?,
    );
    part("three files on disk", files()?);
    table.row(
        "floor: sum",
        &format!("{sum:.1} us, {:.0} requests/s", 1e6 / sum),
        "",
    );
    Ok(sum)
}

fn keep<T>(value: T) -> Result<(), String> {
    std::hint::black_box(value);
    Ok(())
}

/// Does a part `count` times on all cores: microseconds of wall time each.
fn each(count: usize, part: impl Fn(usize) -> Result<(), String> + Sync) -> Result<f64, Fail> {
    let numbers: Vec<usize> = (0..count).collect();
    let begun = Instant::now();
    parallel::map(&numbers, |number| part(*number))?;
    Ok(micros(begun, count))
}

fn micros(begun: Instant, count: usize) -> f64 {
    begun.elapsed().as_secs_f64() * 1e6 / count as f64
}

/// Bundle, PNG and SVG in a folder for each thread, under their names at once, and one sync for
/// many: nothing can be cheaper.
fn three_files<'a>(
    folder: &Path,
    count: usize,
    of: impl Fn(usize) -> &'a Sample + Sync,
) -> Result<f64, Fail> {
    thread_local!(static OWN: Cell<usize> = const { Cell::new(usize::MAX) });
    let threads = AtomicUsize::new(0);
    let synced = Mutex::new(());
    sync()?;
    let begun = Instant::now();
    for first in (0..count).step_by(SYNC_EVERY) {
        let numbers: Vec<usize> = (first..count.min(first + SYNC_EVERY)).collect();
        parallel::map(&numbers, |number| {
            let own = OWN.with(|own| {
                if own.get() == usize::MAX {
                    own.set(threads.fetch_add(1, Ordering::Relaxed));
                }
                own.get()
            });
            let folder = folder.join(own.to_string());
            let sample = of(*number);
            let write = |ending: &str, bytes: &[u8]| {
                fs::write(folder.join(format!("unit-{number}.{ending}")), bytes)
            };
            if !folder.exists() {
                fs::create_dir_all(&folder)?;
            }
            write("zip", &sample.zip)?;
            write("png", &sample.png)?;
            write("svg", sample.svg.as_bytes())
        })?;
        let _one = synced.lock();
        rustix::fs::syncfs(fs::File::open(folder)?)?;
    }
    Ok(micros(begun, count))
}

fn parts(envelope: &Envelope) -> Result<Vec<String>, String> {
    thread_local!(static DEFLATER: RefCell<Box<Deflater>> = RefCell::default());
    let text = DEFLATER
        .with_borrow_mut(|deflater| deflater.text_of(envelope))
        .map_err(|error| error.to_string())?;
    parts_of(&text).map_err(|error| error.to_string())
}

fn sample(path: &Path) -> Result<Sample, Fail> {
    let bytes = fs::read(path)?;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes.clone()))?;
    let mut entry = |name: &str| -> Result<Vec<u8>, Fail> {
        let mut content = Vec::new();
        archive.by_name(name)?.read_to_end(&mut content)?;
        Ok(content)
    };
    let envelope = Envelope::read(&entry("activation.json")?)?;
    let picture = Picture::of(&parts(&envelope)?)?;
    let png = picture.png()?;
    let content = BundleContent {
        activation: entry("activation.json")?,
        trust_list: entry("trust-list.json")?,
        checkpoint: entry("checkpoint.json")?,
        qr_png: png.clone(),
        readme: String::from_utf8(entry("README.txt")?)?,
        computer_key: None,
        trust_list_png: entry("trust-list.png").ok(),
        issued_at: crate::site::clock()?,
    };
    let svg = picture.svg();
    Ok(Sample {
        payload: envelope.payload.clone(),
        envelope,
        content,
        picture,
        zip: bytes,
        png,
        svg,
    })
}

/// The payload of an activation that the program has issued.
pub(crate) fn payload(site: &Site) -> Result<Vec<u8>, Fail> {
    let first = site.published("zip", 1)?;
    Ok(sample(first.first().ok_or("no bundle to take apart")?)?.payload)
}
