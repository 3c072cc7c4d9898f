<?php

/** The first use of the extension in this worker, in nanoseconds; for benchmarks. */

declare(strict_types=1);

header('X-Worker: ' . getmypid());
$settings = file_get_contents(__DIR__ . '/../../../golden/profiles/gb_base.json');
$event = file_get_contents('php://input');
$start = hrtime(true);
$translator = new Byte8\Sage\Translator();
$loaded = hrtime(true);
$decision = $translator->translate($event, $settings);
$end = hrtime(true);
echo json_encode([
    'load' => $loaded - $start,
    'call' => $end - $loaded,
    'outcome' => $decision->outcome,
], JSON_THROW_ON_ERROR);
