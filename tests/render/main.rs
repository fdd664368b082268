//! What `render` promises, seen by readers that are not ours.
#![cfg(feature = "full")]

mod bundle;
mod picture;
mod sentences;

fn parts(count: usize, length: usize) -> Vec<String> {
    let body = |i: usize| {
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%*+./:"
            .chars()
            .cycle()
            .skip(i * 5)
            .take(length)
            .collect::<String>()
    };
    (1..=count)
        .map(|i| {
            if count == 1 {
                format!("KS1:{}", body(i))
            } else {
                format!("KS1-{i}-{count}-0BADCAFE:{}", body(i))
            }
        })
        .collect()
}
