//! A vault and a spool of the driver's own, and the released program run on them.

use crate::Fail;
use crate::requests::{LICENCE_TYPE, ORGANIZATIONS, PRODUCT, organization, request};
use keyspool::licence::{Counts, Identifier, LicenceKey, Moment, id::Hex};
use keyspool::ops::{self, Access, Session, Signer, parallel};
use keyspool::seal::redeem::licence_key_id;
use keyspool::vault::Passphrase;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

/// Opens every vault of the driver.
const PASSPHRASE: &str = "a passphrase for measuring";
/// Worth of the one licence key of each organization: more than any run takes.
const STOCK: u64 = 1_000_000;
/// How often a running program's memory is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// A vault, its spool and the program.
pub(crate) struct Site {
    pub(crate) folder: PathBuf,
    program: PathBuf,
}

/// What one run of the program took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) wall: Duration,
    /// Time on all processors, in the program and in the system for it.
    pub(crate) cpu: Duration,
    /// The most memory it ever had, in KiB.
    pub(crate) peak_kib: u64,
}

/// The machine's clock.
pub(crate) fn clock() -> Result<Moment, Fail> {
    let seconds = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)?
        .as_secs();
    Ok(Moment::from_unix(i64::try_from(seconds)?)?)
}

impl Site {
    /// A new vault with the driver's catalogue, and a stocked wallet for every organization.
    pub(crate) fn make(folder: PathBuf, program: &Path) -> Result<Self, Fail> {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let site = Self {
            folder,
            program: program.to_owned(),
        };
        fs::write(site.path("passphrase"), PASSPHRASE)?;
        let first = ops::init::First {
            passphrase: &passphrase()?,
            operator: "bench",
            clock: clock()?,
            origin: Hex(random()?),
        };
        ops::init::init(&site.path("vault"), &site.path("spool"), &first)?;
        let signer = site.open()?;
        let session = Session::begin(&signer, clock()?)?;
        let change = ops::catalogue::plan(&session, &catalogue(), false)?
            .ok_or("the catalogue changes nothing")?;
        ops::catalogue::apply(session, &change)?;
        let keys: Vec<LicenceKey> = (0..ORGANIZATIONS)
            .map(|_| random().map(LicenceKey::from_bytes))
            .collect::<Result<_, _>>()?;
        let worth: Counts = [(Identifier::new(LICENCE_TYPE)?, STOCK)]
            .into_iter()
            .collect();
        let minting = ops::key::Minting {
            product: &Identifier::new(PRODUCT)?,
            organization: None,
            licences: &worth,
        };
        ops::key::mint(&signer, clock()?, &minting, &keys)?;
        for (number, key) in keys.iter().enumerate() {
            ops::wallet::redeem(
                &signer,
                clock()?,
                &Identifier::new(&organization(number))?,
                &[licence_key_id(key)],
            )?;
        }
        Ok(site)
    }

    /// A vault that an earlier run has left.
    pub(crate) fn at(folder: PathBuf, program: &Path) -> Self {
        Self {
            folder,
            program: program.to_owned(),
        }
    }

    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Opens vault and ledger in this process.
    pub(crate) fn open(&self) -> Result<Signer, Fail> {
        Ok(Signer::open(
            &self.path("vault"),
            &passphrase()?,
            Access::Changing,
            "bench",
            clock()?,
        )?)
    }

    /// Puts the first requests of some devices into the inbox, in folders of a depth.
    pub(crate) fn drop_requests(
        &self,
        numbers: std::ops::Range<usize>,
        depth: usize,
    ) -> Result<(), Fail> {
        self.drop_files(numbers, depth, |bytes| bytes)
    }

    /// The same, each with a signature that does not hold.
    pub(crate) fn drop_bad_requests(
        &self,
        numbers: std::ops::Range<usize>,
        depth: usize,
    ) -> Result<(), Fail> {
        self.drop_files(numbers, depth, |bytes| {
            String::from_utf8_lossy(&bytes)
                .replacen("\"payload\":\"", "\"payload\":\"AAAA", 1)
                .into_bytes()
        })
    }

    fn drop_files(
        &self,
        numbers: std::ops::Range<usize>,
        depth: usize,
        made: impl Fn(Vec<u8>) -> Vec<u8> + Sync,
    ) -> Result<(), Fail> {
        let inbox = self.path("spool/inbox");
        let numbers: Vec<usize> = numbers.collect();
        parallel::map(&numbers, |number| {
            let dropped = request(*number, depth).map_err(|error| error.to_string())?;
            let path = inbox.join(dropped.path);
            path.parent()
                .map_or(Ok(()), fs::create_dir_all)
                .map_err(|error| error.to_string())?;
            fs::write(&path, made(dropped.bytes)).map_err(|error| error.to_string())
        })?;
        sync()
    }

    /// Runs `keyspool process` to its end: nothing is refused.
    pub(crate) fn process(&self) -> Result<Run, Fail> {
        self.process_to(0)
    }

    /// Runs `keyspool process` to its end, which has this exit code.
    pub(crate) fn process_to(&self, code: i32) -> Result<Run, Fail> {
        let (begun, cpu) = (Instant::now(), cpu_of_children()?);
        let mut child = self.spawn()?;
        let mut peak_kib = 0;
        let status = loop {
            peak_kib = peak_kib.max(peak_of(child.id()).unwrap_or(0));
            if let Some(status) = child.try_wait()? {
                break status;
            }
            std::thread::sleep(LOOK);
        };
        let wall = begun.elapsed();
        let cpu = cpu_of_children()?.saturating_sub(cpu);
        if status.code() == Some(code) {
            Ok(Run {
                wall,
                cpu,
                peak_kib,
            })
        } else {
            Err(format!("keyspool process ended with {status}").into())
        }
    }

    /// Starts `keyspool process`.
    pub(crate) fn spawn(&self) -> Result<Child, Fail> {
        let mut command = Command::new(&self.program);
        command
            .args(["process", "--quiet"])
            .env("KEYSPOOL_VAULT", self.path("vault"));
        command
            .env("KEYSPOOL_SPOOL", self.path("spool"))
            .env("KEYSPOOL_PASSPHRASE_FILE", self.path("passphrase"));
        Ok(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?)
    }

    /// Bytes of the ledger's file.
    pub(crate) fn ledger_bytes(&self) -> Result<u64, Fail> {
        Ok(fs::metadata(self.path("vault/ledger.redb"))?.len())
    }

    /// When the ledger's file was last written.
    pub(crate) fn ledger_written(&self) -> Result<SystemTime, Fail> {
        Ok(fs::metadata(self.path("vault/ledger.redb"))?.modified()?)
    }

    /// The outbox's files of this ending, at most so many.
    pub(crate) fn published(&self, ending: &str, most: usize) -> Result<Vec<PathBuf>, Fail> {
        let mut found = Vec::new();
        let mut folders = vec![self.path("spool/outbox")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path
                    .extension()
                    .is_some_and(|extension| extension == ending)
                    && found.len() < most
                {
                    found.push(path);
                }
            }
        }
        Ok(found)
    }
}

/// What opens every vault of the driver.
pub(crate) fn passphrase() -> Result<Passphrase, Fail> {
    Ok(Passphrase::new(PASSPHRASE.to_owned())?)
}

/// Writes everything that other steps left in memory through to disk, so that the next step does
/// not pay for it.
pub(crate) fn sync() -> Result<(), Fail> {
    rustix::fs::sync();
    Ok(())
}

fn random<const N: usize>() -> Result<[u8; N], Fail> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// Time on all processors that ended children took: `cutime` and `cstime` of proc(5), in ticks of
/// 10 ms.
fn cpu_of_children() -> Result<Duration, Fail> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    let ticks: u64 = fields
        .skip(13)
        .take(2)
        .map(|ticks| ticks.parse().unwrap_or(0))
        .sum();
    Ok(Duration::from_millis(ticks * 10))
}

fn peak_of(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

fn catalogue() -> String {
    let organizations: Vec<_> = (0..ORGANIZATIONS)
        .map(|number| {
            serde_json::json!({
                "id": organization(number),
                "name": format!("Organization {number}"),
                "contact": "licences@reseller.example",
            })
        })
        .collect();
    let product = serde_json::json!({
        "id": PRODUCT, "name": "Edge Recorder", "model": "device-subscription",
        "term_months": 12, "grace_days": 14,
        "licence_types": [{"id": LICENCE_TYPE, "name": "Camera channel"}],
    });
    serde_json::json!({"organizations": organizations, "products": [product]}).to_string()
}
