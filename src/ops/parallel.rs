//! The same work on many items, on all cores, results in the order of the items.

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::TrySendError;

/// Items that a thread takes at a time: few enough to share the end evenly, enough to make the counter cheap.
const STRIDE: usize = 16;

/// Maps every item on all cores. Stops at the first error by place.
///
/// # Errors
/// The error of the first item that failed.
pub fn map<T: Sync, R: Send, E: Send>(items: &[T], work: impl Fn(&T) -> Result<R, E> + Sync) -> Result<Vec<R>, E> {
    map_by(STRIDE, items, work)
}

/// As [`map`], for items that each take long: a thread takes one at a time.
///
/// # Errors
/// The error of the first item that failed.
pub fn map_each<T: Sync, R: Send, E: Send>(items: &[T], work: impl Fn(&T) -> Result<R, E> + Sync) -> Result<Vec<R>, E> {
    map_by(1, items, work)
}

fn map_by<T: Sync, R: Send, E: Send>(stride: usize, items: &[T], work: impl Fn(&T) -> Result<R, E> + Sync) -> Result<Vec<R>, E> {
    let threads = cores().min(items.len().div_ceil(stride)).max(1);
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

/// Makes items with `next` on this thread, and hands each in turn to `take` on another; at most `waiting` wait between the two. With
/// one core each is taken before the next is made. Whatever was made before something failed is still taken, unless taking failed.
///
/// # Errors
/// That of `next`, else that of `take`; after either, nothing more is made.
pub fn pipeline<T: Send, E: Send>(
    waiting: usize,
    mut next: impl FnMut() -> Result<Option<T>, E>,
    mut take: impl FnMut(T) -> Result<(), E> + Send,
) -> Result<(), E> {
    if cores() == 1 {
        while let Some(item) = next()? {
            take(item)?;
        }
        return Ok(());
    }
    std::thread::scope(|scope| {
        let (sender, receiver) = std::sync::mpsc::sync_channel(waiting);
        let taker = scope.spawn(move || receiver.into_iter().try_for_each(&mut take));
        let mut make_all = || {
            while let Some(item) = next()? {
                // Where taking failed nobody receives any more.
                if sender.send(item).is_err() {
                    break;
                }
            }
            Ok(())
        };
        let made = make_all();
        drop(sender);
        let taken = taker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        made.and(taken)
    })
}

/// Does `body`, which may ask for `work` any number of times: that is done on a thread of its own, once for all that was asked while it
/// was busy; with one core, at once and by whoever asks. Asking says `false` once work has failed: the body is to end then.
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
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let worker = scope.spawn(move || receiver.into_iter().try_for_each(|()| work()));
        let done = body(&|| !matches!(sender.try_send(()), Err(TrySendError::Disconnected(()))));
        drop(sender);
        worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
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
    state.into_inner().unwrap_or_else(PoisonError::into_inner).1?;
    done
}

type Done<R, E> = Mutex<Vec<(usize, Vec<Result<R, E>>)>>;

fn strides<T, R, E>(length: usize, items: &[T], work: &impl Fn(&T) -> Result<R, E>, next: &AtomicUsize, done: &Done<R, E>) {
    loop {
        let from = next.fetch_add(length, Ordering::Relaxed);
        let Some(stride) = items.get(from..(from + length).min(items.len())).filter(|stride| !stride.is_empty()) else { return };
        let results: Vec<_> = stride.iter().map(work).collect();
        let failed = results.iter().any(Result::is_err);
        done.lock().unwrap_or_else(PoisonError::into_inner).push((from, results));
        if failed {
            next.store(items.len(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_the_items() {
        for count in [0_usize, 1, 15, 16, 17, 1000] {
            let items: Vec<usize> = (0..count).collect();
            let doubled = Ok(items.iter().map(|item| item * 2).collect());
            assert_eq!(map(&items, |item| Ok::<_, ()>(item * 2)), doubled);
            assert_eq!(map_each(&items, |item| Ok::<_, ()>(item * 2)), doubled);
        }
    }

    #[test]
    fn one_failure_fails_the_whole() {
        let items: Vec<usize> = (0..100).collect();
        assert_eq!(map(&items, |item| if *item == 57 { Err(*item) } else { Ok(()) }), Err(57));
    }

    #[test]
    fn what_is_made_is_taken_in_order_until_one_of_both_fails() {
        let run = |made_fails_at: usize, taken_fails_at: usize| {
            let (mut made, mut taken) = (0, Vec::new());
            let next = || {
                made += 1;
                if made == made_fails_at { Err("making") } else { Ok((made <= 5).then_some(made)) }
            };
            let done = pipeline(1, next, |item| {
                taken.push(item);
                if item == taken_fails_at { Err("taking") } else { Ok(()) }
            });
            (done, taken)
        };
        assert_eq!(run(99, 99), (Ok(()), vec![1, 2, 3, 4, 5]));
        assert_eq!(run(4, 99), (Err("making"), vec![1, 2, 3]));
        assert_eq!(run(99, 2), (Err("taking"), vec![1, 2]));
    }

    #[test]
    fn what_is_asked_for_is_done_after_the_last_time_that_it_was_asked_for() {
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
    fn work_that_failed_ends_the_body_and_is_its_error() {
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
