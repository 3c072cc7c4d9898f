//! Time of one translation by number of rows. Nothing is asserted: times depend on the machine.
//!
//! `cargo bench --package ledger-core`; beside the component: `cargo xtask bench core`.
#![allow(missing_docs, reason = "the macro writes a public function")]

mod plain;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

fn translate(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("translate");
    for rows in [1_u32, 5, 50, 500] {
        let event = plain::event(rows);
        group.throughput(Throughput::Elements(u64::from(rows)));
        group.bench_with_input(
            BenchmarkId::from_parameter(rows),
            &event,
            |bencher, event| {
                bencher.iter(|| {
                    ledger_core::translate(black_box(event), black_box(&plain::SETTINGS)).to_json()
                });
            },
        );
    }
    group.finish();
}

criterion_group!(benches, translate);
criterion_main!(benches);
