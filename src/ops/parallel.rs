//! The same work on many items, on all cores; results come in the sequence of the items.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

/// Items that a thread takes at a time: few enough to share the end evenly, enough to make the
/// counter cheap.
const STRIDE: usize = 16;

/// Threads that wait for the disk together.
const THREADS_WAITING: usize = 8;

/// Maps every item on all cores. Stops at the first error by place.
///
/// # Errors
/// The error of the first item that failed.
pub fn map<T: Sync, R: Send, E: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    map_by(STRIDE, items, work)
}

/// As [`map`], for items that each take long: a thread takes one at a time.
///
/// # Errors
/// The error of the first item that failed.
pub fn map_each<T: Sync, R: Send, E: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    map_by(1, items, work)
}

/// As [`map`], for work that waits for the disk: on more threads than there are cores.
///
/// # Errors
/// The error of the first item that failed.
pub fn map_waiting<T: Sync, R: Send, E: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    if cores() == 1 {
        return items.iter().map(work).collect();
    }
    map_on(THREADS_WAITING, STRIDE, items, work)
}

fn map_by<T: Sync, R: Send, E: Send>(
    stride: usize,
    items: &[T],
    work: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    map_on(cores(), stride, items, work)
}

fn map_on<T: Sync, R: Send, E: Send>(
    threads: usize,
    stride: usize,
    items: &[T],
    work: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let threads = threads.min(items.len().div_ceil(stride)).max(1);
    if threads == 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len().div_ceil(stride)));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| strides(stride, items, &work, &next, &done));
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(from, _)| *from);
    let mut results = Vec::with_capacity(items.len());
    for (_, stride) in done {
        for result in stride {
            results.push(result?);
        }
    }
    Ok(results)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// Makes items with `next` on this thread, works on them on all cores, and hands each result to
/// `take` on one more thread, in the sequence of the items. At most `under_way` items are made and
/// not yet taken; with one core, or where that is 1, each is taken before the next is made. After a
/// failure, items made before are still worked on and taken, up to the first that fails.
///
/// # Errors
/// That of `next`, else the first of `work` and `take` by the sequence of the items. No item is
/// made after it.
pub fn pipeline<T: Send, R: Send, E: Send>(
    under_way: usize,
    mut next: impl FnMut() -> Result<Option<T>, E>,
    work: impl Fn(T) -> Result<R, E> + Sync,
    mut take: impl FnMut(R) -> Result<(), E> + Send,
) -> Result<(), E> {
    if cores() == 1 || under_way <= 1 {
        while let Some(item) = next()? {
            take(work(item)?)?;
        }
        return Ok(());
    }
    std::thread::scope(|scope| {
        // Each item has a place among those under way from before it is made until it is taken.
        let (occupied, freed) = sync_channel(under_way);
        let (items, made) = channel();
        let (done, results) = channel();
        let made = Arc::new(Mutex::new(made));
        for _ in 0..cores() {
            let (made, done, work) = (made.clone(), done.clone(), &work);
            scope.spawn(move || work_on(&made, work, &done));
        }
        drop((made, done));
        let taker = scope.spawn(move || take_in_order(results, freed, &mut take));
        let made = make_all(&mut next, &items, &occupied);
        drop((items, occupied));
        let taken = taker
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        made.and(taken)
    })
}

/// Makes items and sends them with their numbers until there are no more, or nobody takes more.
fn make_all<T, E>(
    next: &mut impl FnMut() -> Result<Option<T>, E>,
    items: &Sender<(usize, T)>,
    occupied: &SyncSender<()>,
) -> Result<(), E> {
    for number in 0.. {
        if occupied.send(()).is_err() {
            break;
        }
        let Some(item) = next()? else { break };
        if items.send((number, item)).is_err() {
            break;
        }
    }
    Ok(())
}

/// The result for an item. A panic counts as one, so that the items after it can be taken.
type Outcome<R, E> = std::thread::Result<Result<R, E>>;

/// Works on items until there are no more, or nobody takes their results.
fn work_on<T, R, E>(
    items: &Mutex<Receiver<(usize, T)>>,
    work: &impl Fn(T) -> Result<R, E>,
    done: &Sender<(usize, Outcome<R, E>)>,
) {
    loop {
        let item = items.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, item)) = item else { return };
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| work(item)));
        if done.send((number, outcome)).is_err() {
            return;
        }
    }
}

/// Takes results in the sequence of the items, however they arrive; stops at the first error.
fn take_in_order<R, E>(
    results: Receiver<(usize, Outcome<R, E>)>,
    freed: Receiver<()>,
    take: &mut impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let mut early = BTreeMap::new();
    let mut next = 0;
    for (number, outcome) in results {
        early.insert(number, outcome);
        while let Some(outcome) = early.remove(&next) {
            take(outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?)?;
            next += 1;
            // Nobody waits for a place once all was made.
            let _ = freed.recv();
        }
    }
    Ok(())
}

/// Gives `body` items that `make` makes ahead of it, on a thread of its own; at most `waiting` of
/// them wait. With one core each is made when it is asked for.
pub fn made_ahead<T: Send, R>(
    waiting: usize,
    make: impl FnMut() -> Option<T> + Send,
    body: impl FnOnce(&mut dyn FnMut() -> Option<T>) -> R,
) -> R {
    let mut make = make;
    if cores() == 1 {
        return body(&mut make);
    }
    std::thread::scope(|scope| {
        let (items, made) = sync_channel(waiting);
        scope.spawn(move || while make().is_some_and(|item| items.send(item).is_ok()) {});
        body(&mut || made.recv().ok())
    })
}

/// Does `body`, which may ask for `work` any number of times: that is done on a thread of its own,
/// once for all that was asked while it was busy; with one core, at once and by whoever asks.
/// Asking says `false` once work has failed: the body is to end then.
///
/// # Errors
/// That of `work`, else that of `body`; both have ended by then.
pub fn with_aside<R, E: Send>(
    work: impl FnMut() -> Result<(), E> + Send,
    body: impl FnOnce(&(dyn Fn() -> bool + Sync)) -> Result<R, E>,
) -> Result<R, E> {
    if cores() == 1 {
        return asking_at_once(work, body);
    }
    let mut work = work;
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(1);
        let worker = scope.spawn(move || receiver.into_iter().try_for_each(|()| work()));
        let done = body(&|| !matches!(sender.try_send(()), Err(TrySendError::Disconnected(()))));
        drop(sender);
        worker
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        done
    })
}

fn asking_at_once<R, E: Send>(
    work: impl FnMut() -> Result<(), E> + Send,
    body: impl FnOnce(&(dyn Fn() -> bool + Sync)) -> Result<R, E>,
) -> Result<R, E> {
    let state = Mutex::new((work, Ok(())));
    let done = body(&|| {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let (work, outcome) = &mut *state;
        if outcome.is_ok() {
            *outcome = work();
        }
        outcome.is_ok()
    });
    state
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
        .1?;
    done
}

type Done<R, E> = Mutex<Vec<(usize, Vec<Result<R, E>>)>>;

fn strides<T, R, E>(
    length: usize,
    items: &[T],
    work: &impl Fn(&T) -> Result<R, E>,
    next: &AtomicUsize,
    done: &Done<R, E>,
) {
    loop {
        let from = next.fetch_add(length, Ordering::Relaxed);
        let Some(stride) = items
            .get(from..(from + length).min(items.len()))
            .filter(|stride| !stride.is_empty())
        else {
            return;
        };
        let results: Vec<_> = stride.iter().map(work).collect();
        let failed = results.iter().any(Result::is_err);
        done.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((from, results));
        if failed {
            next.store(items.len(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_sequence() {
        for count in [0_usize, 1, 15, 16, 17, 1000] {
            let items: Vec<usize> = (0..count).collect();
            let doubled = Ok(items.iter().map(|item| item * 2).collect());
            assert_eq!(map(&items, |item| Ok::<_, ()>(item * 2)), doubled);
            assert_eq!(map_each(&items, |item| Ok::<_, ()>(item * 2)), doubled);
            assert_eq!(map_waiting(&items, |item| Ok::<_, ()>(item * 2)), doubled);
        }
    }

    #[test]
    fn one_failure_fails_the_whole() {
        let items: Vec<usize> = (0..100).collect();
        assert_eq!(
            map(&items, |item| if *item == 57 { Err(*item) } else { Ok(()) }),
            Err(57)
        );
    }

    #[test]
    fn items_are_taken_until_one_step_fails() {
        const NEVER: usize = usize::MAX;
        let run = |count: usize, [made_fails_at, work_fails_at, taken_fails_at]: [usize; 3]| {
            let (mut made, mut taken) = (0, Vec::new());
            let next = || {
                made += 1;
                if made == made_fails_at {
                    Err("making")
                } else {
                    Ok((made <= count).then_some(made))
                }
            };
            let work = |item: usize| {
                // The earlier ones of each few take longer.
                (0..(7 - item % 7) * 20).for_each(|_| std::thread::yield_now());
                if item == work_fails_at {
                    Err("working")
                } else {
                    Ok(item)
                }
            };
            let done = pipeline(3, next, work, |item| {
                taken.push(item);
                if item == taken_fails_at {
                    Err("taking")
                } else {
                    Ok(())
                }
            });
            (done, taken)
        };
        let to = |last: usize| (1..=last).collect::<Vec<_>>();
        assert_eq!(run(0, [NEVER; 3]), (Ok(()), Vec::new()));
        assert_eq!(run(200, [NEVER; 3]), (Ok(()), to(200)));
        assert_eq!(run(200, [50, NEVER, NEVER]), (Err("making"), to(49)));
        assert_eq!(run(200, [NEVER, 50, NEVER]), (Err("working"), to(49)));
        assert_eq!(run(200, [NEVER, NEVER, 50]), (Err("taking"), to(50)));
    }

    #[test]
    fn after_a_failure_no_more_is_made() {
        let made = AtomicUsize::new(0);
        let next = || Ok(Some(made.fetch_add(1, Ordering::Relaxed)));
        assert_eq!(
            pipeline(2, next, Ok, |item| if item == 10 {
                Err("taking")
            } else {
                Ok(())
            }),
            Err("taking")
        );
    }

    #[test]
    fn a_panic_at_work_ends_the_making() {
        let made = AtomicUsize::new(0);
        let next = || {
            Ok::<_, ()>(Some(made.fetch_add(1, Ordering::SeqCst)).filter(|item| *item < 100_000))
        };
        let work = |item| {
            if item == 50 {
                panic!("at work")
            } else {
                Ok(())
            }
        };
        let panicked = std::panic::catch_unwind(|| pipeline(2, next, work, Ok))
            .expect_err("the panic of the worker");
        assert_eq!(panicked.downcast_ref::<&str>(), Some(&"at work"));
        assert!(
            (51..=53).contains(&made.load(Ordering::SeqCst)),
            "{made:?} were made"
        );
    }

    #[test]
    fn no_more_items_are_under_way_than_allowed() {
        const UNDER_WAY: usize = 6;
        let made = AtomicUsize::new(0);
        let next =
            || Ok::<_, ()>(Some(made.fetch_add(1, Ordering::SeqCst)).filter(|item| *item < 500));
        let mut most = 0;
        let take = |item: usize| {
            // Long enough for the others to run ahead as far as they can.
            (0..200).for_each(|_| std::thread::yield_now());
            most = most.max(made.load(Ordering::SeqCst).min(500) - item);
            Ok(())
        };
        assert_eq!(pipeline(UNDER_WAY, next, Ok, take), Ok(()));
        assert!(
            (2..=UNDER_WAY).contains(&most) || cores() == 1,
            "{most} items at a time"
        );
    }

    #[test]
    fn items_made_ahead_come_in_sequence() {
        for wanted in [0, 1, 50, 100, 101] {
            let mut numbers = 1..=100;
            let taken = made_ahead(
                1,
                || numbers.next(),
                |next| std::iter::from_fn(next).take(wanted).collect::<Vec<_>>(),
            );
            assert_eq!(taken, (1..=100).take(wanted).collect::<Vec<_>>());
            assert!(
                numbers.start() - 1 <= wanted + 3,
                "{wanted}: made up to {}",
                numbers.start()
            );
        }
    }

    #[test]
    fn asked_work_is_done_after_the_last_asking() {
        let asked = AtomicUsize::new(0);
        let seen = AtomicUsize::new(0);
        let work = || {
            seen.store(asked.load(Ordering::SeqCst), Ordering::SeqCst);
            Ok::<(), &str>(())
        };
        let body = |ask: &(dyn Fn() -> bool + Sync)| {
            for number in 1..=1000 {
                asked.store(number, Ordering::SeqCst);
                assert!(ask());
            }
            Ok(7)
        };
        assert_eq!(with_aside(work, body), Ok(7));
        assert_eq!(seen.swap(0, Ordering::SeqCst), 1000);
        assert_eq!(asking_at_once(work, body), Ok(7));
        assert_eq!(seen.into_inner(), 1000);
    }

    #[test]
    fn failed_work_ends_the_body() {
        let mut times = 0;
        let work = || {
            times += 1;
            Err("the disk")
        };
        let body = |ask: &(dyn Fn() -> bool + Sync)| {
            while ask() {
                std::thread::yield_now();
            }
            Err::<(), _>("told to end")
        };
        assert_eq!(with_aside(work, body), Err("the disk"));
        assert_eq!(times, 1, "never again");
        let at_once = || {
            times += 1;
            Err("the disk")
        };
        assert_eq!(asking_at_once(at_once, body), Err("the disk"));
        assert_eq!(times, 2, "never again");
    }
}
