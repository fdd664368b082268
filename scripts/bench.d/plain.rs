//! The plain alternative: the same work as a Python script does it, on all cores.

use crate::Fail;
use crate::floor::payload;
use crate::requests::request;
use crate::site::Site;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What the script needs, pinned.
const PACKAGES: [&str; 2] = ["cryptography==46.0.3", "segno==1.6.6"];

/// Requests a second of the script.
pub(crate) fn measure(site: &Site, target: &Path, count: usize) -> Result<f64, Fail> {
    let python = environment(&target.join("venv"))?;
    let (requests, out) = (
        site.folder.join("plain/requests"),
        site.folder.join("plain/out"),
    );
    fs::create_dir_all(&requests)?;
    fs::create_dir_all(&out)?;
    for number in 0..count {
        fs::write(
            requests.join(format!("{number}.json")),
            request(number, 0)?.bytes,
        )?;
    }
    let template = site.folder.join("plain/payload.json");
    fs::write(&template, payload(site)?)?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/bench.d/plain.py");
    let output = Command::new(python)
        .arg(script)
        .args([&requests, &out, &template])
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut words = said.split_whitespace().map(str::parse::<f64>);
    match (output.status.success(), words.next(), words.next()) {
        (true, Some(Ok(answered)), Some(Ok(seconds))) => Ok(answered / seconds),
        _ => Err(format!(
            "the script failed: {said}{}",
            String::from_utf8_lossy(&output.stderr)
        )
        .into()),
    }
}

fn environment(folder: &Path) -> Result<std::path::PathBuf, Fail> {
    let python = folder.join("bin/python");
    if !python.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    }
    run(Command::new(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .args(PACKAGES))?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<(), Fail> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into())
}
