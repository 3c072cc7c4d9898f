//! The scripts that prove what the extension does run in a worker as on the command line.

use super::{event, translates};
use ledger_tests::fpm::{Fpm, ONE_WORKER};
use ledger_tests::hosts::artefact;
use ledger_tests::root;
use std::fs;

#[tokio::test(flavor = "multi_thread")]
async fn every_script_of_the_command_line_passes_in_a_worker() {
    let mut pool = ONE_WORKER.to_vec();
    pool.push("php_admin_value[max_execution_time] = 300");
    let fpm = Fpm::start(&pool).await.unwrap();
    let mut names: Vec<String> = fs::read_dir(root().join("php-ext-bridge/tests/php"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".php") && !name.starts_with('_'))
        .collect();
    names.sort();
    assert!(names.len() >= 6, "{names:?}");
    let worker = translates(&fpm).await;
    for name in names {
        let reply = fpm.request(&format!("php/{name}"), "", b"").await.unwrap();
        let last = reply.body.trim_end().lines().last();
        assert_eq!(
            (reply.status, last),
            (200, Some("ok")),
            "{name}: {}",
            reply.body
        );
    }
    assert_eq!(translates(&fpm).await, worker, "the same worker all along");
}

#[tokio::test(flavor = "multi_thread")]
async fn phpinfo_has_a_section() {
    let fpm = Fpm::start(ONE_WORKER).await.unwrap();
    let page = fpm.request("fpm/info.php", "", b"").await.unwrap().body;
    for part in [
        "byte8_sage.component",
        "byte8_sage.fuel",
        "byte8_sage.memory_limit",
        "Rule table",
        "Core version",
        "Component SHA-256",
        "wasmtime",
        env!("CARGO_PKG_VERSION"),
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_component_php_starts_and_the_class_says_why() {
    let missing = root().join("nonexistent/translator.cwasm");
    let fpm = Fpm::start_with(ONE_WORKER, &missing).await.unwrap();
    let reply = super::translate(&fpm, &event()).await;
    assert_eq!(
        (reply.status, reply.header("x-error")),
        (500, "component_missing")
    );
    assert!(reply.body.contains("nonexistent"), "{}", reply.body);
    let page = fpm.request("fpm/info.php", "", b"").await.unwrap().body;
    assert!(page.contains("component_missing"), "{page}");
    // A component that appears later is found without a restart.
    let component = artefact("LEDGER_COMPONENT").unwrap();
    let query = format!("component={}", component.display());
    let reply = fpm
        .request(super::TRANSLATE, &query, event().as_bytes())
        .await;
    assert_eq!(reply.unwrap().status, 200);
}

/// A worker cannot compile: what it is given instead of machine code is refused.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_compiled_inside_a_request() {
    let component = artefact("LEDGER_COMPONENT_WASM").unwrap();
    let fpm = Fpm::start_with(ONE_WORKER, &component).await.unwrap();
    let reply = super::translate(&fpm, &event()).await;
    assert_eq!(
        (reply.status, reply.header("x-error")),
        (500, "component_corrupt")
    );
    assert!(reply.body.contains("byte8-sage-compile"), "{}", reply.body);
    let extension = fs::read(artefact("LEDGER_PHP_EXTENSION").unwrap()).unwrap();
    for compiler in [&b"cranelift_codegen"[..], b"regalloc2", b"winch_codegen"] {
        let linked = extension
            .windows(compiler.len())
            .any(|part| part == compiler);
        assert!(!linked, "{} is linked", String::from_utf8_lossy(compiler));
    }
}
