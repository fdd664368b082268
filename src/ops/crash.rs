//! Where a test ends the process as a power cut would, nothing dropped and nothing flushed, or asks
//! it to stop.

/// Ends the process here if `KEYSPOOL_TEST_ABORT` names this step: `STEP`, or `STEP=N` for the N-th
/// time that it comes by. `KEYSPOOL_TEST_STOP` names the step at which it gets SIGTERM,
/// `KEYSPOOL_TEST_PANIC` one at which it panics. `KEYSPOOL_TEST_DO` is `STEP=COMMAND`: what a shell
/// does there, once.
#[cfg(feature = "test-build")]
pub(super) fn point(step: &str) {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static PASSED: AtomicUsize = AtomicUsize::new(0);
    if std::env::var("KEYSPOOL_TEST_STOP").is_ok_and(|asked| asked == step) {
        drop(signal_hook::low_level::raise(signal_hook::consts::SIGTERM));
    }
    do_once(step);
    assert!(
        !std::env::var("KEYSPOOL_TEST_PANIC").is_ok_and(|asked| asked == step),
        "asked to panic at {step}"
    );
    let Ok(asked) = std::env::var("KEYSPOOL_TEST_ABORT") else {
        return;
    };
    let (name, nth) = asked.split_once('=').unwrap_or((&asked, "1"));
    if name == step && nth == (PASSED.fetch_add(1, Ordering::SeqCst) + 1).to_string() {
        std::process::abort();
    }
}

#[cfg(feature = "test-build")]
fn do_once(step: &str) {
    static DONE: std::sync::Once = std::sync::Once::new();
    let asked = std::env::var("KEYSPOOL_TEST_DO").unwrap_or_default();
    if let Some((_, command)) = asked.split_once('=').filter(|(name, _)| *name == step) {
        DONE.call_once(|| {
            drop(
                std::process::Command::new("/bin/sh")
                    .args(["-c", command])
                    .status(),
            )
        });
    }
}

/// The released program has no such thing.
#[cfg(not(feature = "test-build"))]
pub(super) fn point(_step: &str) {}
