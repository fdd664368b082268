//! Actions with the same hint stand together.

use crate::words::report::action::ToDo;

/// The actions of one kind by what is to be done about them, each with its hint.
pub(super) fn by_hint(actions: &[ToDo]) -> Vec<(&str, Vec<&ToDo>)> {
    let mut groups: Vec<(&str, Vec<&ToDo>)> = Vec::new();
    for action in actions {
        match groups.iter_mut().find(|(hint, _)| *hint == action.hint) {
            Some((_, group)) => group.push(action),
            None => groups.push((&action.hint, vec![action])),
        }
    }
    groups
}
