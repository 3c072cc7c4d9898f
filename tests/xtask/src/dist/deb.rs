//! Debian packages, made with `dpkg-deb`.

use super::php::Php;
use super::proof::Content;
use super::{COMPONENT_FOLDER, VERSION, proof, relay};
use crate::files::{copy_folder, put, write};
use crate::paths;
use crate::process::{Outcome, capture, installed, run, say};
use std::path::Path;
use std::process::Command;

const MAINTAINER: &str = "Byte8 <support@byte8.invalid>";

const COMPONENT: &str = "The translation core as a WebAssembly component, compiled ahead.";

/// The extension for Debian's PHP, switched on for all of its interfaces.
pub(crate) fn extension(dist: &Path, files: &Path, php: &Php) -> Outcome {
    let Some(folder) = php.debian_folder() else {
        return Ok(());
    };
    let package = format!("php{}-byte8-sage", php.version);
    let root = dist.join("stage").join(&package);
    let copy = |from: &str, to: String, mode: u32| put(&files.join(from), &root.join(to), mode);
    copy("byte8_sage.so", format!("{folder}/byte8_sage.so"), 0o644)?;
    for name in ["translator.wasm", "translator.sha256", "translator.cwasm"] {
        copy(name, format!("{COMPONENT_FOLDER}/{name}"), 0o644)?;
    }
    let program = "usr/bin/byte8-sage-compile";
    copy("byte8-sage-compile", program.to_owned(), 0o755)?;
    let ini = format!("etc/php/{}/mods-available/byte8_sage.ini", php.version);
    copy("byte8_sage.ini", ini.clone(), 0o644)?;
    let docs = format!("usr/share/doc/{package}");
    copy("INSTALL.md", format!("{docs}/INSTALL.md"), 0o644)?;
    copy("LICENSE", format!("{docs}/copyright"), 0o644)?;

    let control = Control {
        package: &package,
        section: "php",
        depends: format!(
            "phpapi-{}, libc6 (>= {})",
            php.api,
            glibc(&files.join("byte8_sage.so"))
        ),
        summary: "translates Magento documents for Sage, PHP extension",
        detail: COMPONENT,
    };
    control.write(&root)?;
    write(&root.join("DEBIAN/conffiles"), &format!("/{ini}\n"), 0o644)?;
    let version = &php.version;
    let after = format!(
        "#!/bin/sh\nset -e\nif [ \"$1\" = configure ]; then\n\
         \tphpenmod -v {version} byte8_sage\n\
         \techo \"byte8_sage: reload PHP to use it (systemctl reload php{version}-fpm)\"\nfi\n"
    );
    write(&root.join("DEBIAN/postinst"), &after, 0o755)?;
    let before = format!(
        "#!/bin/sh\nset -e\nif [ \"$1\" = remove ]; then\n\tphpdismod -v {version} byte8_sage\nfi\n"
    );
    write(&root.join("DEBIAN/prerm"), &before, 0o755)?;
    build(&root, dist, Content::Extension(&folder))
}

/// The service. It is not switched on: who has the extension does not need it.
pub(crate) fn service(dist: &Path, files: &Path) -> Outcome {
    let root = dist.join("stage/sage-translate");
    put(
        &files.join("sage-translate"),
        &root.join("usr/bin/sage-translate"),
        0o755,
    )?;
    for unit in ["sage-translate.service", "sage-translate.socket"] {
        let to = root.join("usr/lib/systemd/system").join(unit);
        put(&files.join(unit), &to, 0o644)?;
    }
    let docs = root.join("usr/share/doc/sage-translate");
    put(&files.join("README.md"), &docs.join("README.md"), 0o644)?;
    put(&files.join("LICENSE"), &docs.join("copyright"), 0o644)?;
    let control = Control {
        package: "sage-translate",
        section: "php",
        depends: String::new(),
        summary: "translates Magento documents for Sage, local service",
        detail: COMPONENT,
    };
    control.write(&root)?;
    build(&root, dist, Content::Service("sage-translate.service"))
}

/// The relay with its command line, its service and its settings.
pub(crate) fn relay(dist: &Path, files: &Path) -> Outcome {
    let root = dist.join("stage").join(relay::NAME);
    for program in relay::PROGRAMS {
        put(
            &files.join(program),
            &root.join("usr/bin").join(program),
            0o755,
        )?;
    }
    let unit = "ledger-relay.service";
    let units = root.join("usr/lib/systemd/system");
    put(&files.join(unit), &units.join(unit), 0o644)?;
    let share = root.join("usr/share/ledger-relay");
    copy_folder(
        &files.join(relay::PLAYGROUND),
        &share.join(relay::PLAYGROUND),
        &[],
    )?;
    put(&files.join("tiers.toml"), &share.join("tiers.toml"), 0o644)?;
    let docs = root.join("usr/share/doc/ledger-relay");
    put(&files.join("README.md"), &docs.join("README.md"), 0o644)?;
    put(&files.join("LICENSE"), &docs.join("copyright"), 0o644)?;
    let settings = "etc/ledger-relay/relay.toml";
    write(&root.join(settings), &relay::installed_settings()?, 0o640)?;
    let control = Control {
        package: relay::NAME,
        section: "web",
        depends: format!(
            "libc6 (>= {}), libgcc-s1, ca-certificates, passwd",
            glibc(&files.join(relay::NAME))
        ),
        summary: "posts the documents of Magento shops to Sage",
        detail: "The relay with its dashboard, and its command line ledger-cli.",
    };
    control.write(&root)?;
    write(
        &root.join("DEBIAN/conffiles"),
        &format!("/{settings}\n"),
        0o644,
    )?;
    for script in ["postinst", "prerm", "postrm"] {
        let from = paths::root().join("relay/debian").join(script);
        put(&from, &root.join("DEBIAN").join(script), 0o755)?;
    }
    build(&root, dist, Content::Service("ledger-relay.service"))
}

struct Control<'a> {
    package: &'a str,
    section: &'a str,
    depends: String,
    summary: &'a str,
    detail: &'a str,
}

impl Control<'_> {
    fn write(&self, root: &Path) -> Outcome {
        let architecture = architecture()?;
        let depends = if self.depends.is_empty() {
            String::new()
        } else {
            format!("Depends: {}\n", self.depends)
        };
        let text = format!(
            "Package: {}\nVersion: {VERSION}\nArchitecture: {architecture}\n{depends}\
             Maintainer: {MAINTAINER}\nSection: {}\nPriority: optional\n\
             Description: {}\n {}\n",
            self.package, self.section, self.summary, self.detail
        );
        write(&root.join("DEBIAN/control"), &text, 0o644)
    }
}

/// The newest version of the C library that the extension's symbols ask for.
fn glibc(extension: &Path) -> String {
    let symbols = capture(Command::new("objdump").arg("-T").arg(extension)).unwrap_or_default();
    symbols
        .split("GLIBC_")
        .skip(1)
        .filter_map(|rest| {
            let version = rest
                .split(|c: char| c != '.' && !c.is_ascii_digit())
                .next()?;
            let mut numbers = version.split('.').map(|number| number.parse::<u32>().ok());
            Some((numbers.next()??, numbers.next()??))
        })
        .max()
        .map_or_else(
            || "2.34".to_owned(),
            |(major, minor)| format!("{major}.{minor}"),
        )
}

/// Builds the package and tries it.
fn build(root: &Path, dist: &Path, content: Content<'_>) -> Outcome {
    if !installed("dpkg-deb") {
        say("dpkg-deb is missing: no Debian package, take the archive");
        return Ok(());
    }
    let name = root.file_name().unwrap_or_default().to_string_lossy();
    let deb = dist.join(format!("{name}_{VERSION}_{}.deb", architecture()?));
    run(Command::new("dpkg-deb")
        .args(["--build", "--root-owner-group", "-Zgzip"])
        .env("SOURCE_DATE_EPOCH", "0")
        .arg(root)
        .arg(&deb))?;
    proof::package(&deb, content)
}

/// Debian's name of this machine's processor.
fn architecture() -> Outcome<String> {
    capture(Command::new("dpkg").arg("--print-architecture"))
        .ok_or_else(|| "dpkg does not answer".to_owned())
}
