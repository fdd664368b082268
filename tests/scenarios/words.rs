//! The vocabulary of the scenarios: every action, outcome and statement, word by word.

use keyspool::licence::{Counts, Day, Identifier};
use keyspool::policy::record::code::RefusalCode;
use keyspool::wire::request::Wanted;

/// The organizations that every scenario has.
pub(crate) const ORGANIZATIONS: [&str; 2] = ["acme", "globex"];

type Read<T> = Result<T, String>;

/// The words of one cell or statement, taken one after the other.
pub(crate) struct Words {
    words: Vec<&'static str>,
    at: usize,
}

impl Words {
    /// Reads the whole text as one thing.
    pub(crate) fn read<T>(text: &'static str, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        let mut words = Self {
            words: text.split(' ').filter(|word| !word.is_empty()).collect(),
            at: 0,
        };
        let thing = read(&mut words).map_err(|error| format!("`{text}`: {error}"))?;
        match words.peek() {
            Some(word) => Err(format!("`{text}`: `{word}` is not understood there")),
            None => Ok(thing),
        }
    }

    fn peek(&self) -> Option<&'static str> {
        self.words.get(self.at).copied()
    }

    fn next(&mut self) -> Read<&'static str> {
        let word = self.peek().ok_or("it ends too early")?;
        self.at += 1;
        Ok(word)
    }

    /// Takes these words if they come next.
    fn takes(&mut self, words: &str) -> bool {
        let wanted: Vec<&str> = words.split(' ').collect();
        let found = self.words[self.at..].starts_with(&wanted);
        if found {
            self.at += wanted.len();
        }
        found
    }

    fn must(&mut self, words: &str) -> Read<()> {
        if self.takes(words) {
            Ok(())
        } else {
            Err(format!(
                "`{words}` is missing before `{}`",
                self.peek().unwrap_or("the end")
            ))
        }
    }

    fn not_understood<T>(&self) -> Read<T> {
        Err(format!(
            "`{}` is not understood there",
            self.peek().unwrap_or("the end")
        ))
    }

    fn day(&mut self) -> Read<Day> {
        let word = self.next()?.trim_end_matches(',');
        Day::read(word).map_err(|error| format!("`{word}`: {error}"))
    }

    fn number<N: std::str::FromStr>(&mut self) -> Read<N> {
        let word = self.next()?;
        word.parse().map_err(|_| format!("`{word}` is no number"))
    }

    /// `core=16,universal=2`, or `nothing`.
    fn counts(&mut self) -> Read<Counts> {
        let word = self.next()?.trim_end_matches(',');
        if word == "nothing" {
            return Ok(Counts::new());
        }
        let pair = |pair: &str| {
            let (id, count) = pair.split_once('=')?;
            Some((Identifier::new(id).ok()?, count.parse().ok()?))
        };
        let pairs: Option<Vec<_>> = word.split(',').map(pair).collect();
        let counts: Counts = pairs
            .ok_or(format!("`{word}` is no count like `core=16`"))?
            .into_iter()
            .collect();
        Ok(counts)
    }

    /// Whether a count comes next.
    fn has_counts(&self) -> bool {
        self.peek().is_some_and(|word| word.contains('='))
    }

    fn organization(&mut self) -> Read<&'static str> {
        let word = self.next()?;
        if ORGANIZATIONS.contains(&word) {
            Ok(word)
        } else {
            Err(format!("`{word}` is no organization"))
        }
    }

    /// `K1`
    fn key(&mut self) -> Read<&'static str> {
        let word = self.next()?.trim_end_matches(',');
        if is_key(word) {
            Ok(word)
        } else {
            Err(format!("`{word}` is no licence key like `K1`"))
        }
    }

    fn word_of(&mut self, words: &[&'static str]) -> Read<&'static str> {
        let word = self.next()?;
        let known = words.iter().find(|known| **known == word);
        known
            .copied()
            .ok_or(format!("`{word}` is none of {}", words.join(", ")))
    }
}

fn is_key(word: &str) -> bool {
    word.strip_prefix('K')
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Whose product is meant; what is left out is `acme`, and the scenario's first product.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Scope {
    pub(crate) organization: Option<&'static str>,
    pub(crate) product: Option<&'static str>,
}

impl Scope {
    /// `of vms for globex`, each of which may be left out.
    fn read(words: &mut Words) -> Read<Self> {
        let product = if words.takes("of") {
            Some(words.next()?)
        } else {
            None
        };
        let organization = if words.takes("for") {
            Some(words.organization()?)
        } else {
            None
        };
        Ok(Self {
            organization,
            product,
        })
    }
}

/// A device, with what is said of it.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) name: &'static str,
    pub(crate) is_new: bool,
    pub(crate) organization: Option<&'static str>,
    pub(crate) product: Option<&'static str>,
    pub(crate) serial: Option<&'static str>,
    pub(crate) hardware_of: Option<&'static str>,
    pub(crate) parts_changed: u8,
}

impl Device {
    /// `new box of globex for nas serial S1 on the hardware of old`, `box with 2 parts changed`
    fn read(words: &mut Words) -> Read<Self> {
        let is_new = words.takes("new");
        let name = words.next()?;
        let good = name.as_bytes()[0].is_ascii_lowercase()
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !good {
            return Err(format!("`{name}` is no name of a device"));
        }
        let mut device = Self {
            name,
            is_new,
            organization: None,
            product: None,
            serial: None,
            hardware_of: None,
            parts_changed: 0,
        };
        loop {
            if words.takes("of nobody") {
                device.organization = Some("nobody");
            } else if words.takes("of") {
                device.organization = Some(words.organization()?);
            } else if words.takes("for") {
                device.product = Some(words.next()?);
            } else if words.takes("serial") {
                device.serial = Some(words.next()?);
            } else if words.takes("on the hardware of") {
                device.hardware_of = Some(words.next()?);
            } else if words.takes("with 1 part changed") {
                device.parts_changed = 1;
            } else if words.takes("with 2 parts changed") {
                device.parts_changed = 2;
            } else {
                return Ok(device);
            }
        }
    }
}

/// Where a file lies; what is left out is the folder of the organization that the device names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    OwnFolder,
    NoFolder,
    FolderOf(&'static str),
}

impl Place {
    fn read(words: &mut Words) -> Read<Self> {
        if words.takes("in no folder") {
            return Ok(Self::NoFolder);
        }
        if words.takes("in the folder of") {
            Ok(Self::FolderOf(words.organization()?))
        } else {
            Ok(Self::OwnFolder)
        }
    }
}

/// What a device writes.
#[derive(Debug)]
pub(crate) enum Writing {
    Description {
        wanted: Wanted,
        need: Counts,
        keys: Vec<&'static str>,
    },
    Deactivation,
    Confirmation {
        sequence: Option<u16>,
    },
}

impl Writing {
    /// `activate core=16 with K1 and K2`
    fn description(words: &mut Words) -> Read<Self> {
        let wanted = match words.next()? {
            "activate" => Wanted::Activate,
            "extend" => Wanted::Extend,
            "refresh" => Wanted::Refresh,
            "trial" => Wanted::Trial,
            other => return Err(format!("`{other}` is nothing to ask for")),
        };
        let need = words.counts()?;
        let mut keys = Vec::new();
        if words.takes("with") {
            keys.push(words.key()?);
            while words.takes("and") {
                keys.push(words.key()?);
            }
        }
        Ok(Self::Description { wanted, need, keys })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    Current,
    Next,
    Number(u32),
}

/// One thing that happens.
#[derive(Debug)]
pub(crate) enum Action {
    Look,
    Sends {
        device: Device,
        writing: Writing,
        place: Place,
    },
    Writes {
        device: Device,
        writing: Writing,
    },
    BringsWritten {
        device: Device,
        place: Place,
        newer_checkpoint: bool,
    },
    BringsAgain {
        device: Device,
        place: Place,
    },
    Installs {
        device: Device,
    },
    Mints {
        key: &'static str,
        licences: Counts,
        scope: Scope,
    },
    Redeems {
        key: &'static str,
        organization: Option<&'static str>,
    },
    Unredeems {
        key: &'static str,
    },
    Voids {
        key: &'static str,
    },
    Starts {
        scope: Scope,
    },
    Assigns {
        licences: Option<Counts>,
        period: Period,
        surplus: bool,
        scope: Scope,
    },
    Approves {
        device: Device,
    },
    Orders {
        device: Device,
        order: Order,
    },
    TypesWrongCodes {
        device: Device,
        times: u32,
    },
    Issues {
        device: Device,
        need: Counts,
        computer_key: bool,
    },
    Helps {
        device: Device,
        need: Option<Counts>,
        in_place_of: Option<&'static str>,
    },
    RefreshesDue,
    Imports {
        serial: &'static str,
        licences: Counts,
        organization: Option<&'static str>,
        id_of: Option<Device>,
    },
    Expands {
        device: Device,
        licences: Counts,
    },
    Processes,
    KeepsACopy,
    PutsTheCopyBack,
    Drops {
        thing: Thing,
    },
    CatalogueSets {
        product: &'static str,
        settings: String,
    },
    CatalogueDrops {
        name: &'static str,
    },
    CatalogueBringsBack {
        name: &'static str,
    },
}

/// An order about a device that says everything by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    ReleaseWithoutProof,
    ReleaseByCode,
    Cancel,
    Deny,
    DenyAndReturn,
    Undeny,
    Reinstate,
    Extend,
    Refresh,
}

/// A file that is no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thing {
    Nonsense,
    TooMuch,
    Activation,
    LaterVersion,
    Archive,
    EmptyPicture,
    PartOfAText,
    ChangedRequest,
}

impl Action {
    pub(crate) fn read(words: &mut Words) -> Read<Self> {
        if words.takes("look") {
            return Ok(Self::Look);
        }
        if words.takes("operator") {
            return Self::operator(words);
        }
        if words.takes("catalogue") {
            return Self::catalogue(words);
        }
        if words.takes("somebody drops") {
            return Ok(Self::Drops {
                thing: Thing::read(words)?,
            });
        }
        let device = Device::read(words)?;
        Self::device(device, words)
    }

    fn device(device: Device, words: &mut Words) -> Read<Self> {
        match words.next()? {
            "asks" => {
                let writing = Writing::description(words)?;
                Ok(Self::Sends {
                    device,
                    writing,
                    place: Place::read(words)?,
                })
            }
            "deactivates" => Ok(Self::Sends {
                device,
                writing: Writing::Deactivation,
                place: Place::read(words)?,
            }),
            "confirms" => {
                let sequence = if words.takes("sequence") {
                    Some(words.number()?)
                } else {
                    None
                };
                Ok(Self::Sends {
                    device,
                    writing: Writing::Confirmation { sequence },
                    place: Place::OwnFolder,
                })
            }
            "installs" => Ok(Self::Installs { device }),
            "writes" => {
                let is_deactivation = words.takes("deactivate");
                let writing = if is_deactivation {
                    Writing::Deactivation
                } else {
                    Writing::description(words)?
                };
                Ok(Self::Writes { device, writing })
            }
            "brings" if words.takes("it again") => Ok(Self::BringsAgain {
                device,
                place: Place::read(words)?,
            }),
            "brings" => {
                words.must("what it wrote")?;
                let newer_checkpoint = words.takes("with a newer checkpoint");
                Ok(Self::BringsWritten {
                    device,
                    place: Place::read(words)?,
                    newer_checkpoint,
                })
            }
            other => Err(format!("`{other}` is nothing that a device does")),
        }
    }

    fn operator(words: &mut Words) -> Read<Self> {
        let verb = words.next()?;
        match verb {
            "mints" => Ok(Self::Mints {
                key: words.key()?,
                licences: words.counts()?,
                scope: Scope::read(words)?,
            }),
            "redeems" => {
                let key = words.key()?;
                let organization = if words.takes("for") {
                    Some(words.organization()?)
                } else {
                    None
                };
                Ok(Self::Redeems { key, organization })
            }
            "unredeems" => Ok(Self::Unredeems { key: words.key()? }),
            "voids" => Ok(Self::Voids { key: words.key()? }),
            "starts" => {
                words.must("the subscription")?;
                Ok(Self::Starts {
                    scope: Scope::read(words)?,
                })
            }
            "assigns" => Self::assigns(words),
            "issues" => {
                let (device, need) = (Device::read(words)?, words.counts()?);
                Ok(Self::Issues {
                    device,
                    need,
                    computer_key: words.takes("as a computer key"),
                })
            }
            "helps" => Self::helps(words),
            "imports" => Self::imports(words),
            "expands" => {
                let device = Device::read(words)?;
                words.must("by")?;
                Ok(Self::Expands {
                    device,
                    licences: words.counts()?,
                })
            }
            "processes" => Ok(Self::Processes),
            "types" => {
                let times = words.number()?;
                if !words.takes("wrong codes for") {
                    words.must("wrong code for")?;
                }
                Ok(Self::TypesWrongCodes {
                    device: Device::read(words)?,
                    times,
                })
            }
            "keeps" => words.must("a copy of the vault").map(|()| Self::KeepsACopy),
            "puts" => words.must("the copy back").map(|()| Self::PutsTheCopyBack),
            "refreshes" if words.takes("what is due") => Ok(Self::RefreshesDue),
            "approves" => Ok(Self::Approves {
                device: Device::read(words)?,
            }),
            _ => {
                let device = Device::read(words)?;
                Ok(Self::Orders {
                    device,
                    order: Order::read(verb, words)?,
                })
            }
        }
    }

    fn assigns(words: &mut Words) -> Read<Self> {
        let licences = if words.has_counts() {
            Some(words.counts()?)
        } else {
            None
        };
        let period = match words.next()? {
            "to" if words.takes("the current period") => Period::Current,
            "to" if words.takes("the next period") => Period::Next,
            "to" if words.takes("period") => Period::Number(words.number()?),
            _ => return words.not_understood(),
        };
        let surplus = words.takes("with surplus");
        Ok(Self::Assigns {
            licences,
            period,
            surplus,
            scope: Scope::read(words)?,
        })
    }

    fn helps(words: &mut Words) -> Read<Self> {
        let device = Device::read(words)?;
        let need = if words.takes("with") {
            Some(words.counts()?)
        } else {
            None
        };
        let in_place_of = if words.takes("in place of") {
            Some(words.next()?)
        } else {
            None
        };
        Ok(Self::Helps {
            device,
            need,
            in_place_of,
        })
    }

    fn imports(words: &mut Words) -> Read<Self> {
        let (serial, licences) = (words.next()?, words.counts()?);
        let organization = if words.takes("for") {
            Some(words.organization()?)
        } else {
            None
        };
        let id_of = if words.takes("with the id of") {
            Some(Device::read(words)?)
        } else {
            None
        };
        Ok(Self::Imports {
            serial,
            licences,
            organization,
            id_of,
        })
    }

    fn catalogue(words: &mut Words) -> Read<Self> {
        match words.next()? {
            "sets" => {
                let product = words.next()?;
                let mut settings = Vec::new();
                while words.peek().is_some() {
                    settings.push(words.next()?);
                }
                Ok(Self::CatalogueSets {
                    product,
                    settings: settings.join(" "),
                })
            }
            "drops" => Ok(Self::CatalogueDrops {
                name: words.next()?,
            }),
            "brings" => {
                words.must("back")?;
                Ok(Self::CatalogueBringsBack {
                    name: words.next()?,
                })
            }
            other => Err(format!("`{other}` is nothing that a catalogue does")),
        }
    }
}

impl Order {
    fn read(verb: &str, words: &mut Words) -> Read<Self> {
        Ok(match verb {
            "releases" if words.takes("by its code") => Self::ReleaseByCode,
            "releases" => {
                words.must("without proof")?;
                Self::ReleaseWithoutProof
            }
            "cancels" => Self::Cancel,
            "denies" if words.takes("and returns its seat") => Self::DenyAndReturn,
            "denies" => Self::Deny,
            "undenies" => Self::Undeny,
            "reinstates" => Self::Reinstate,
            "extends" => Self::Extend,
            "refreshes" => Self::Refresh,
            other => return Err(format!("`{other}` is nothing that an operator does")),
        })
    }
}

impl Thing {
    fn read(words: &mut Words) -> Read<Self> {
        let things = [
            ("a file of nonsense", Self::Nonsense),
            ("a file that is too large", Self::TooMuch),
            ("an activation", Self::Activation),
            ("a request of a later version", Self::LaterVersion),
            ("an archive", Self::Archive),
            ("a picture without a code", Self::EmptyPicture),
            ("one part of a text", Self::PartOfAText),
            ("a request that was changed", Self::ChangedRequest),
        ];
        let found = things.into_iter().find(|(name, _)| words.takes(name));
        found.map_or_else(|| words.not_understood(), |(_, thing)| Ok(thing))
    }
}

/// What comes of an action.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// `activated`, `extended`, `refreshed`, `deactivated`, `confirmed`, `the same answer`, `done`,
    /// `written`, `waiting`, or how many were refreshed.
    Said(String),
    /// The code, and what is missing where that is said.
    Refused {
        code: RefusalCode,
        missing: Option<Counts>,
    },
    /// Nothing happens.
    Unsaid,
}

impl Outcome {
    pub(crate) fn read(words: &mut Words) -> Read<Self> {
        if words.takes("refused:") {
            let word = words.next()?.trim_end_matches(',');
            let code =
                RefusalCode::read(word).ok_or(format!("there is no refusal code `{word}`"))?;
            let missing = if words.takes("missing") {
                Some(words.counts()?)
            } else {
                None
            };
            return Ok(Self::Refused { code, missing });
        }
        if words.takes("the same answer") {
            return Ok(Self::Said("the same answer".into()));
        }
        if words.peek().is_some_and(|word| word.parse::<u32>().is_ok()) {
            let count: u32 = words.number()?;
            words.must("refreshed")?;
            return Ok(Self::Said(format!("{count} refreshed")));
        }
        const SAID: [&str; 8] = [
            "activated",
            "extended",
            "refreshed",
            "deactivated",
            "confirmed",
            "done",
            "written",
            "waiting",
        ];
        words.word_of(&SAID).map(|word| Self::Said(word.into()))
    }
}

/// Licences of one type, with one origin and end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lot {
    pub(crate) licences: String,
    /// A key's name, `credit` or `returned`; empty for seats.
    pub(crate) origin: String,
    pub(crate) until: Day,
}

/// What is true after a step.
#[derive(Debug)]
pub(crate) enum Statement {
    Wallet(Scope, Counts),
    Lots(Scope, Vec<Lot>),
    Status(Scope, &'static str),
    Need(Scope, Counts),
    Waiting(Scope, Counts),
    Carry(Scope, Counts),
    GrowthReported(Scope, bool),
    SwingReported(Scope, bool),
    PeriodDays(Scope, usize, Day, Day),
    PeriodLicensed(Scope, usize, bool),
    PeriodAssigned(Scope, usize, Counts),
    PeriodLacks(Scope, usize, Counts),
    PeriodGrace(Scope, usize, Option<Day>),
    Key(&'static str, &'static str),
    OutOfReach(Counts),
    Receipt(&'static str, Counts),
    Has {
        device: &'static str,
        plan: &'static str,
        from: Day,
        until: Option<Day>,
        grace_until: Option<Day>,
    },
    States(&'static str, Counts),
    Needs(&'static str, Counts),
    Is(&'static str, &'static str),
    IsHeld(&'static str, bool),
    IsDue(&'static str, bool),
    IsSuspected(&'static str, Option<&'static str>),
    Holds(&'static str, Vec<Lot>),
    HasSequence(&'static str, u64),
    HasIdOf(&'static str, &'static str, bool),
    /// The activation's id is what it was before the action.
    KeepsId(&'static str),
}

const STATES: [&str; 7] = [
    "active",
    "ended",
    "deactivated",
    "released",
    "recovered",
    "denied",
    "unknown",
];
const STATUSES: [&str; 7] = [
    "not-started",
    "trial",
    "expires-soon",
    "licensed",
    "started",
    "grace",
    "expired",
];
const PLANS: [&str; 5] = ["trial", "grace", "subscription", "hardware", "emergency"];

impl Statement {
    pub(crate) fn read(words: &mut Words) -> Read<Self> {
        if words.takes("out of reach is") {
            return Ok(Self::OutOfReach(words.counts()?));
        }
        if words.takes("the receipt gives") {
            let counts = words.counts()?;
            words.must("to")?;
            return Ok(Self::Receipt(words.word_of(&["wallet", "none"])?, counts));
        }
        if words.peek().is_some_and(is_key) {
            let key = words.key()?;
            words.must("is")?;
            return Ok(Self::Key(
                key,
                words.word_of(&["unused", "redeemed", "void"])?,
            ));
        }
        let scope = Self::scope(words)?;
        match words.next()? {
            "wallet" if words.takes("is empty") => Ok(Self::Wallet(scope, Counts::new())),
            "wallet" => words
                .must("has")
                .and_then(|()| Ok(Self::Wallet(scope, words.counts()?))),
            "lots" => Ok(Self::Lots(scope, lots(words, true)?)),
            "status" => words
                .must("is")
                .and_then(|()| Ok(Self::Status(scope, words.word_of(&STATUSES)?))),
            "need" => words
                .must("is")
                .and_then(|()| Ok(Self::Need(scope, words.counts()?))),
            "waiting" => words
                .must("is")
                .and_then(|()| Ok(Self::Waiting(scope, words.counts()?))),
            "carry" => words
                .must("is")
                .and_then(|()| Ok(Self::Carry(scope, words.counts()?))),
            "growth" => Ok(Self::GrowthReported(scope, is_or_not(words, "reported")?)),
            "swing" => Ok(Self::SwingReported(scope, is_or_not(words, "reported")?)),
            "period" => {
                let number = words.number()?;
                Self::period(scope, number, words)
            }
            device if scope.organization.is_none() => Self::device(device, words),
            other => Err(format!("`{other}` is not understood there")),
        }
    }

    /// `globex`, `globex nas` or `nas` before what is meant of it; a product comes before `wallet`,
    /// `status` and the like.
    fn scope(words: &mut Words) -> Read<Scope> {
        const OF_PRODUCTS: [&str; 9] = [
            "wallet", "lots", "status", "need", "waiting", "carry", "growth", "swing", "period",
        ];
        let organization = if words.peek().is_some_and(|w| ORGANIZATIONS.contains(&w)) {
            Some(words.next()?)
        } else {
            None
        };
        let is_product = words
            .words
            .get(words.at + 1)
            .is_some_and(|after| OF_PRODUCTS.contains(after));
        let product = if is_product && !words.peek().is_some_and(|w| OF_PRODUCTS.contains(&w)) {
            Some(words.next()?)
        } else {
            None
        };
        Ok(Scope {
            organization,
            product,
        })
    }

    fn period(scope: Scope, number: usize, words: &mut Words) -> Read<Self> {
        if words.takes("is licensed") {
            return Ok(Self::PeriodLicensed(scope, number, true));
        }
        if words.takes("is not licensed") {
            return Ok(Self::PeriodLicensed(scope, number, false));
        }
        if words.takes("has no grace") {
            return Ok(Self::PeriodGrace(scope, number, None));
        }
        if words.takes("has grace to") {
            return Ok(Self::PeriodGrace(scope, number, Some(words.day()?)));
        }
        if words.takes("has") {
            return Ok(Self::PeriodAssigned(scope, number, words.counts()?));
        }
        if words.takes("lacks") {
            return Ok(Self::PeriodLacks(scope, number, words.counts()?));
        }
        words.must("is")?;
        let first = words.day()?;
        words.must("to")?;
        Ok(Self::PeriodDays(scope, number, first, words.day()?))
    }

    fn device(device: &'static str, words: &mut Words) -> Read<Self> {
        match words.next()? {
            "states" => Ok(Self::States(device, words.counts()?)),
            "needs" => Ok(Self::Needs(device, words.counts()?)),
            "keeps" => words.must("its id").map(|()| Self::KeepsId(device)),
            "holds" if words.takes("nothing") => Ok(Self::Holds(device, Vec::new())),
            "holds" => Ok(Self::Holds(device, lots(words, false)?)),
            "has" if words.takes("sequence") => Ok(Self::HasSequence(device, words.number()?)),
            "has" if words.takes("the id of") => Ok(Self::HasIdOf(device, words.next()?, true)),
            "has" if words.takes("another id than") => {
                Ok(Self::HasIdOf(device, words.next()?, false))
            }
            "has" => Self::has(device, words),
            "is" if words.takes("held") => Ok(Self::IsHeld(device, true)),
            "is" if words.takes("not held") => Ok(Self::IsHeld(device, false)),
            "is" if words.takes("due") => Ok(Self::IsDue(device, true)),
            "is" if words.takes("not due") => Ok(Self::IsDue(device, false)),
            "is" if words.takes("not suspected") => Ok(Self::IsSuspected(device, None)),
            "is" if words.takes("possible abuse") => {
                Ok(Self::IsSuspected(device, Some("possible")))
            }
            "is" if words.takes("proven abuse") => Ok(Self::IsSuspected(device, Some("proven"))),
            "is" => Ok(Self::Is(device, words.word_of(&STATES)?)),
            other => Err(format!("`{other}` is not understood there")),
        }
    }

    /// `subscription 2026-03-01 to 2027-02-28, grace to 2027-03-30`; without a grace both last days
    /// are one.
    fn has(device: &'static str, words: &mut Words) -> Read<Self> {
        let (plan, from) = (words.word_of(&PLANS)?, words.day()?);
        if words.takes("for good") {
            return Ok(Self::Has {
                device,
                plan,
                from,
                until: None,
                grace_until: None,
            });
        }
        words.must("to")?;
        let until = words.day()?;
        let grace_until = if words.takes("grace to") {
            words.day()?
        } else {
            until
        };
        Ok(Self::Has {
            device,
            plan,
            from,
            until: Some(until),
            grace_until: Some(grace_until),
        })
    }
}

fn is_or_not(words: &mut Words, what: &str) -> Read<bool> {
    words.must("is")?;
    let is_not = words.takes("not");
    words.must(what).map(|()| !is_not)
}

/// `core=16 of K1 to 2031-02-28, core=3 of credit to ...`; seats without an origin.
fn lots(words: &mut Words, has_origin: bool) -> Read<Vec<Lot>> {
    let mut lots = Vec::new();
    while words.peek().is_some() {
        let licences = words.next()?.to_owned();
        if !licences.contains('=') {
            return Err(format!("`{licences}` is no count like `core=16`"));
        }
        let mut origin = String::new();
        if has_origin {
            words.must("of")?;
            origin = words.next()?.to_owned();
            if !is_key(&origin) && origin != "credit" && origin != "returned" {
                return Err(format!("`{origin}` is no key, `credit` or `returned`"));
            }
        }
        words.must("to")?;
        lots.push(Lot {
            licences,
            origin,
            until: words.day()?,
        });
    }
    lots.sort();
    Ok(lots)
}
