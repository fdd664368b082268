//! The folder that holds a device.

use crate::bench::Bench;
use std::fs;
use std::os::unix::fs::PermissionsExt;

#[test]
fn the_state_is_for_its_owner_only() {
    let bench = Bench::with_device();
    let mode = |name: &str| {
        fs::metadata(bench.path(name))
            .expect("a file")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(
        (mode("state"), mode("state/state.json"), mode("state/lock")),
        (0o700, 0o600, 0o600)
    );
}

#[test]
fn a_folder_open_to_others_is_refused() {
    let bench = Bench::new();
    fs::create_dir(bench.path("state")).expect("a folder");
    fs::set_permissions(bench.path("state"), fs::Permissions::from_mode(0o755)).expect("a mode");
    assert!(bench.init().failed(1).stderr.contains("hint: "));
    assert_eq!(
        fs::read_dir(bench.path("state")).expect("a folder").count(),
        0
    );
    assert_eq!(
        fs::metadata(bench.path("state"))
            .expect("a folder")
            .permissions()
            .mode()
            & 0o777,
        0o755
    );
}

#[test]
fn a_device_is_never_made_twice() {
    let bench = Bench::with_device();
    let state = fs::read(bench.path("state/state.json")).expect("a state");
    assert!(
        bench
            .init()
            .failed(1)
            .stderr
            .contains("already holds a device")
    );
    assert_eq!(
        fs::read(bench.path("state/state.json")).expect("a state"),
        state
    );
}

#[test]
fn commands_without_a_device_make_nothing() {
    let bench = Bench::new();
    for command in [
        ["status"].as_slice(),
        &["confirm"],
        &["describe", "--need", "core=1"],
        &["deactivate", "--yes"],
    ] {
        assert!(
            bench
                .run(command)
                .failed(1)
                .stderr
                .contains("keyspool-device init"),
            "{command:?}"
        );
    }
    assert!(!bench.path("state").exists());
}

#[test]
fn a_failed_init_leaves_no_folder() {
    let bench = Bench::new();
    let root = data_encoding::BASE64.encode(&bench.root.public().bytes());
    let init = |name: &str, organization: &str| {
        bench
            .run(&[
                "init",
                "--root",
                &root,
                "--organization",
                organization,
                "--product",
                "vms",
                "--name",
                name,
            ])
            .failed(2)
    };
    assert!(!init("a\u{1b}[2Jb", "acme").stderr.contains('\u{1b}'));
    init("", "acme");
    init("x", "Acme");
    assert!(!bench.path("state").exists());
}
