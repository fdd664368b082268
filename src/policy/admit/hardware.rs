//! The hardware that a system runs on, by its fingerprint (LICENSING section 13).

use crate::licence::{FingerprintValue, Identifier};
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::record::list;
use crate::policy::record::state::{State, StateBroken};
use crate::policy::record::system::HardwareRow;
use crate::wire::request::Fingerprint;
use alloc::collections::BTreeSet;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// The list of hardware that had this value of this component.
#[must_use]
pub fn component_list(
    product: &Identifier,
    component: &Identifier,
    value: &FingerprintValue,
) -> String {
    alloc::format!("component/{product}/{component}/{value}")
}

/// The components that count: those that the product does not ignore.
fn counted<'a>(
    fingerprint: &'a Fingerprint,
    product: &ProductSettings,
) -> Vec<(&'a Identifier, &'a FingerprintValue)> {
    fingerprint
        .iter()
        .filter(|(component, _)| !product.fingerprint_ignore.contains(component))
        .collect()
}

/// The number of components that must agree, never more than the request has.
fn needed(product: &ProductSettings, components: usize) -> usize {
    usize::from(product.fingerprint_min_match).min(components)
}

/// Checks that a known device is still the same: enough components agree.
///
/// # Errors
/// The names of the components that differ or are gone.
pub fn check_known(
    known: &Fingerprint,
    stated: &Fingerprint,
    product: &ProductSettings,
) -> Result<(), Vec<Identifier>> {
    let stated_counted = counted(stated, product);
    let agreeing = stated_counted
        .iter()
        .filter(|(component, value)| known.get(*component) == Some(*value))
        .count();
    if agreeing >= needed(product, stated_counted.len()) {
        return Ok(());
    }
    let known_counted = counted(known, product);
    Err(known_counted
        .iter()
        .filter(|(component, value)| stated.get(*component) != Some(*value))
        .map(|(c, _)| (*c).clone())
        .collect())
}

/// Whether a request comes from known hardware: enough components agree, and more than half of the
/// smaller set.
#[must_use]
pub fn is_same(known: &Fingerprint, stated: &Fingerprint, product: &ProductSettings) -> bool {
    let (known, stated) = (counted(known, product), counted(stated, product));
    let agreeing = known.iter().filter(|pair| stated.contains(pair)).count();
    agreeing >= needed(product, stated.len()) && 2 * agreeing > known.len().min(stated.len())
}

/// Every piece of hardware that has this fingerprint. The one with the most agreeing components
/// comes first; of equal ones, the one known longest.
///
/// Hardware that agrees in k of n components stands in at least one of the n - k + 1 shortest
/// lists. A component that tells no two units apart therefore costs nothing.
///
/// # Errors
/// [`StateBroken`].
pub fn find_same<S: State>(
    state: &S,
    fingerprint: &Fingerprint,
    product: &ProductSettings,
) -> Result<Vec<Rc<HardwareRow>>, StateBroken> {
    let mut found: Vec<Rc<HardwareRow>> = Vec::new();
    for id in candidates(state, fingerprint, product)? {
        let row = state.get::<HardwareRow>(&id.to_be_bytes())?;
        found.extend(row.filter(|row| is_same(&row.fingerprint, fingerprint, product)));
    }
    let agreeing = |row: &HardwareRow| {
        fingerprint
            .iter()
            .filter(|(c, v)| row.fingerprint.get(*c) == Some(*v))
            .count()
    };
    found.sort_by_key(|row| (core::cmp::Reverse(agreeing(row)), row.id));
    Ok(found)
}

fn candidates<S: State>(
    state: &S,
    fingerprint: &Fingerprint,
    product: &ProductSettings,
) -> Result<BTreeSet<u64>, StateBroken> {
    let counted = counted(fingerprint, product);
    let mut lists = Vec::new();
    for (component, value) in &counted {
        let name = component_list(&product.id, component, value);
        lists.push((list::len(state, &name)?, name));
    }
    lists.sort_unstable();
    let searched = (lists.len() + 1).saturating_sub(needed(product, counted.len()).max(1));
    let mut ids = BTreeSet::new();
    for (_, name) in lists.into_iter().take(searched) {
        ids.extend(
            list::items(state, &name)?
                .iter()
                .filter_map(|item| item.parse::<u64>().ok()),
        );
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::licence::id::Hex;
    use crate::policy::record::catalogue::file::Catalogue;

    fn product(settings: &str) -> ProductSettings {
        let text = alloc::format!(
            r#"{{"organizations":[],"products":[{{"id":"nas","name":"NAS",
            "model":"device-subscription","licence_types":[{{"id":"seat","name":"Seat"}}]
            {settings}}}]}}"#
        );
        Catalogue::read(&text)
            .expect("a catalogue of the test")
            .products
            .remove(0)
    }

    fn print(parts: &[(&str, u8)]) -> Fingerprint {
        parts
            .iter()
            .map(|(c, v)| {
                (
                    Identifier::new(c).expect("an identifier of the test"),
                    Hex([*v; 8]),
                )
            })
            .collect()
    }

    #[test]
    fn same_hardware_agrees_in_more_than_half() {
        let product = product("");
        let known = print(&[("board", 1), ("mac", 2), ("disk", 3), ("cpu", 4)]);
        assert!(is_same(
            &known,
            &print(&[("board", 1), ("mac", 2), ("disk", 3), ("cpu", 9)]),
            &product
        ));
        assert!(
            !is_same(
                &known,
                &print(&[("board", 1), ("mac", 2), ("disk", 9), ("cpu", 9)]),
                &product
            ),
            "half is not more"
        );
        assert!(
            is_same(&known, &print(&[("board", 1)]), &product),
            "never more than the request has"
        );
        assert!(!is_same(&known, &print(&[("other", 1)]), &product));
    }

    #[test]
    fn ignored_components_are_not_counted() {
        let product = product(r#","fingerprint_ignore":["cpu"]"#);
        let known = print(&[("board", 1), ("mac", 2), ("cpu", 4)]);
        assert!(!is_same(
            &known,
            &print(&[("board", 9), ("mac", 2), ("cpu", 4)]),
            &product
        ));
        assert!(is_same(
            &known,
            &print(&[("board", 1), ("mac", 2), ("cpu", 9)]),
            &product
        ));
    }

    #[test]
    fn known_device_may_change_a_little() {
        let product = product("");
        let known = print(&[("board", 1), ("mac", 2), ("disk", 3), ("cpu", 4)]);
        assert_eq!(
            check_known(
                &known,
                &print(&[("board", 1), ("mac", 2), ("disk", 9), ("cpu", 9)]),
                &product
            ),
            Ok(())
        );
        let changed = check_known(
            &known,
            &print(&[("board", 1), ("mac", 9), ("disk", 9)]),
            &product,
        );
        let names: Vec<String> = changed
            .expect_err("one agrees")
            .iter()
            .map(|c| c.as_str().into())
            .collect();
        assert_eq!(names, ["cpu", "disk", "mac"]);
    }
}
