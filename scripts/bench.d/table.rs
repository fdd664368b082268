//! The table that is printed: a line a figure.

/// Figures and goals, printed as they come.
pub(crate) struct Table {
    /// Whether a goal was missed.
    pub(crate) missed: bool,
}

impl Table {
    pub(crate) fn new() -> Self {
        println!("| what | measured | goal |\n| --- | --- | --- |");
        Self { missed: false }
    }

    /// A figure without a goal, or with one in words.
    pub(crate) fn row(&mut self, what: &str, measured: &str, goal: &str) {
        println!("| {what} | {measured} | {goal} |");
    }

    /// A figure against its goal.
    pub(crate) fn judged(&mut self, what: &str, measured: &str, goal: &str, reached: bool) {
        self.missed |= !reached;
        self.row(
            what,
            measured,
            &format!("{goal}: {}", if reached { "reached" } else { "missed" }),
        );
    }
}

/// The middle one; of an even number the lower of the two.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
        .get(values.len().saturating_sub(1) / 2)
        .copied()
        .unwrap_or(f64::NAN)
}
