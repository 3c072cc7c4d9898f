<?php

/**
 * Installs the module into the Magento at DIR, drives it, takes it away again: php module-e2e.php DIR
 *
 * The Magento must be installed, with a website and store 1 in pounds, flat-rate shipping and cheques. Documents that
 * the run makes stay in it: use one that is there for tests.
 */

declare(strict_types=1);

use Byte8\SageAccounting\Tools\Magento\DevTools;
use Byte8\SageAccounting\Tools\Magento\Programs;

require __DIR__ . '/../../magento-module/Test/bootstrap.php';
require __DIR__ . '/magento/Programs.php';
require __DIR__ . '/magento/DevTools.php';
$magento = realpath($argv[1] ?? '');
if ($magento === false || !is_file($magento . '/app/etc/env.php')) {
    fwrite(STDERR, "usage: module-e2e.php DIR, where DIR holds an installed Magento\n");
    exit(2);
}
$target = $magento . '/app/code/Byte8/SageAccounting';
if (file_exists($target)) {
    fwrite(STDERR, $target . " is there already; take it away first\n");
    exit(2);
}
$work = sys_get_temp_dir() . '/byte8-e2e-' . getmypid();
mkdir($work, 0700);
$programs = new Programs($work, $magento);
$checks = 0;
$failures = [];
$check = static function (bool $isGood, string $what, mixed $seen = null) use (&$checks, &$failures): void {
    $checks++;
    echo $isGood ? 'ok    ' : 'FAIL  ', $what, "\n";
    if (!$isGood) {
        $failures[] = $what;
        echo '      ', substr(is_string($seen) ? $seen : (string) json_encode($seen), 0, 1500), "\n";
    }
};
$states = static function () use ($programs): array {
    $states = [];
    foreach ($programs->drive('rows') as $row) {
        [$key, $state] = explode(' ', $row);
        $states[$key] = $state;
    }

    return $states;
};
$runUntilSynced = static function (int $seconds = 90) use ($programs): array {
    $deadline = time() + $seconds;
    do {
        $programs->magento(['byte8:sage:outbox:run']);
        $waiting = array_filter(
            $programs->drive('mirror'),
            static fn (array $row): bool => $row['sync_status'] === 'pending'
        );
    } while ($waiting !== [] && time() < $deadline && usleep(300_000) === null);

    return array_values($waiting);
};
$agrees = static function (array $documents) use ($programs, $check): void {
    $ledger = $programs->ledger();
    foreach (['sales_invoices', 'sales_credit_notes'] as $collection) {
        foreach ($documents[$collection] ?? [] as $number => $total) {
            $found = array_values(array_filter(
                $ledger[$collection] ?? [],
                static fn (array $object): bool => ($object['reference'] ?? '') === (string) $number
            ));
            $check(
                count($found) === 1 && bccomp((string) $found[0]['total_amount'], (string) $total, 2) === 0,
                sprintf('%s %s stands once in Sage with %s', $collection, $number, $total),
                $found
            );
        }
    }
};

try {
    echo "--- install from the zip\n";
    mkdir($target, 0755, true);
    $zip = (string) getenv('LEDGER_MODULE_ZIP');
    $unzip = proc_open(['unzip', '-q', '-d', $target, $zip], [], $pipes);
    $check(proc_close($unzip) === 0, basename($zip));
    $programs->magento(['module:enable', 'Byte8_SageAccounting'], false);
    [$status, $output] = $programs->magento(['setup:upgrade', '--keep-generated'], false);
    $check($status === 0, 'setup:upgrade without the extension', $output);
    [, $output] = $programs->magento(['list', 'byte8'], false);
    $check(substr_count($output, 'byte8:sage:') === 13, 'thirteen commands', $output);

    echo "--- neither extension nor settings nor relay\n";
    $early = $programs->driveBy(false, [], 'documents');
    $check(count($early['invoice']) === 3, 'the merchant\'s saves succeed', $early);
    $rows = $states();
    $expected = array_merge(
        array_map(static fn (int $id): string => 'invoice.created:' . $id, $early['invoice']),
        array_map(static fn (int $id): string => 'invoice.paid:' . $id, $early['invoice']),
        ['creditmemo.created:' . $early['creditmemo'][0], 'customer.upserted:' . $early['customer'][0]]
    );
    $captured = array_keys($rows, 'captured', true);
    $check(array_diff($expected, $captured) === [], 'all five kinds of events are captured', $rows);
    [$status, $output] = $programs->magento(['byte8:sage:status'], false);
    $namesIt = str_contains($output, 'byte8_sage is not loaded');
    $check($status !== 0 && $namesIt, 'status names the missing extension', $output);
    [$status, $output] = $programs->magento(['byte8:sage:outbox:run']);
    $check($status !== 0 && str_contains($output, 'settings_absent'), 'the run names the absent settings', $output);
    $chip = $programs->drive('chip', 'invoice', (string) $early['invoice'][0])['html'];
    $check(str_contains($chip, 'Pending'), 'chip: Pending', $chip);

    echo "--- paired\n";
    $programs->startSimulator();
    $programs->startRelay();
    [, $baseUrl] = $programs->magento(['config:show', 'web/unsecure/base_url'], false);
    $baseUrl = trim($baseUrl);
    $programs->startShop(true, $baseUrl);
    [, $output] = $programs->magento(['byte8:sage:pair']);
    preg_match('/[A-Z2-9]{4}(-[A-Z2-9]{4}){3}/', $output, $code);
    $pairing = static fn (string $code): string => (string) json_encode([
        'code' => $code, 'binding_id' => 'e2e', 'relay_url' => $programs->url('relay'), 'api_key' => $programs->apiKey,
    ]);
    [$status] = $programs->rest('setup/pair', $pairing('AAAA-AAAA-AAAA-AAAA'), null);
    $check($status === 401 || $status === 403, 'a wrong pairing code is refused', $status);
    [$status, $answer] = $programs->rest('setup/pair', $pairing($code[0] ?? ''), null);
    $check($status === 200 && ($answer['binding_id'] ?? '') === 'e2e', 'the right one pairs', [$status, $answer]);
    [$status] = $programs->rest('setup/pair', $pairing($code[0] ?? ''), null);
    $check($status !== 200, 'and only once', $status);
    [$status, $output] = $programs->setSettings(dirname(__DIR__, 2) . '/golden/profiles/gb_base.json');
    $check($status === 0, 'settings are saved at the relay', $output);

    echo "--- the relay's interface\n";
    $token = $programs->token('');
    [$status, $answer] = $programs->rest('ping', null, $token);
    $check($status === 200 && ($answer['translator'] ?? '') === 'ready', 'ping', [$status, $answer]);
    [$status] = $programs->rest('ping', null, $token);
    $check($status === 401, 'a token is good for one request', $status);
    [$status] = $programs->rest('ping', null, null);
    $check($status === 401, 'nothing without a token', $status);
    [$status] = $programs->rest('ping', null, $programs->token('', ['aud' => 'other']));
    $check($status === 401, 'nothing with another shop\'s token', $status);
    [$status, $answer] = $programs->rest('invoice/' . $early['invoice'][0], null, $programs->token(''));
    $event = json_decode((string) $answer, true);
    $check($status === 200 && ($event['event'] ?? '') === 'invoice.created', 'canonical invoice', $answer);
    [$status] = $programs->rest('invoice/999999', null, $programs->token(''));
    $check($status === 404, 'an unknown invoice is 404', $status);
    [$status, $answer] = $programs->rest('payment-methods', null, $programs->token(''));
    $check($status === 200 && in_array('checkmo', array_column($answer, 'code'), true), 'payment methods', $answer);
    $other = curl_init($programs->url('shop') . '/rest/V1/invoices/' . $early['invoice'][0]);
    curl_setopt_array($other, [
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_HTTPHEADER => ['Authorization: Bearer ' . $programs->token('')],
    ]);
    curl_exec($other);
    $check(curl_getinfo($other, CURLINFO_RESPONSE_CODE) === 401, 'the token opens nothing of Magento\'s own');

    echo "--- delivery\n";
    $programs->magento(['byte8:sage:outbox:run']);
    [, $output] = $programs->magento(['byte8:sage:status', '--json']);
    $status = json_decode($output, true);
    $check(($status['settingsDigest'] ?? '') !== '', 'the settings are pulled from the relay', $output);
    $check(($status['settingsProblems'] ?? null) === [], 'and are fit to use', $status['settingsProblems'] ?? $output);
    $waiting = $runUntilSynced();
    $check($waiting === [], 'everything captured before pairing reaches Sage', $waiting);
    $agrees($early);
    $mirror = $programs->drive('mirror');
    $differing = array_filter($mirror, static fn (array $row): bool => $row['expected_total'] !== $row['ledger_total']);
    $check($differing === [], 'expected and posted totals agree in the mirror', $differing);
    $chip = $programs->drive('chip', 'invoice', (string) $early['invoice'][0])['html'];
    $check(str_contains($chip, 'Synced'), 'chip: Synced', $chip);
    $documents = $programs->drive('documents');
    $decided = $states();
    $check(
        ($decided['invoice.created:' . $documents['invoice'][0]] ?? '') === 'ready',
        'decided right after the commit, without cron',
        $decided
    );
    $check($runUntilSynced() === [], 'and delivered by the next run');
    $agrees($documents);

    echo "--- a save that is rolled back\n";
    $before = $states();
    $programs->drive('rolled-back-invoice');
    $new = array_diff(array_keys($states()), array_keys($before));
    $check(preg_grep('/^invoice/', $new) === [], 'leaves no event', $new);

    echo "--- kept back\n";
    $held = $programs->drive('invoice')['id'];
    $programs->drive('hold', (string) $held);
    $programs->magento(['byte8:sage:outbox:run']);
    $check($states()['invoice.created:' . $held] === 'ready', 'a held invoice is not sent');
    $programs->drive('release', (string) $held);
    $check($runUntilSynced() === [], 'a released one is');

    echo "--- the relay is down\n";
    $programs->stop('relay');
    $late = $programs->drive('documents');
    [$status, $output] = $programs->magento(['byte8:sage:outbox:run']);
    $check($status !== 0 && str_contains($output, 'relay_unreachable'), 'the run says so', $output);
    [$status, $output] = $programs->magento(['byte8:sage:status']);
    $check($status !== 0 && str_contains($output, 'relay_unreachable'), 'status says so', $output);
    $programs->startRelay();
    $programs->drive('due');
    $check($runUntilSynced() === [], 'afterwards everything flows');
    $agrees($late);

    echo "--- the component panics\n";
    $panicked = $programs->driveBy(true, ['-d', 'byte8_sage.panic_drill=1'], 'invoice')['id'];
    $state = $states()['invoice.created:' . $panicked];
    $check($panicked > 0 && $state === 'rejected', 'the save succeeds, the event is set aside', $state);
    [, $output] = $programs->magento(['byte8:sage:outbox:inspect']);
    $check(str_contains($output, 'panic:'), 'inspect names the panic', $output);
    [$status, $output] = $programs->magento(['byte8:sage:outbox:requeue', '--all']);
    $check($status === 0, 'requeue', $output);
    $check($runUntilSynced() === [], 'and it flows with the next run');
    $check($states()['invoice.created:' . $panicked] === 'delivered', 'to the end');

    echo "--- the outbox cannot be written\n";
    $programs->drive('began');
    $programs->drive('rename', 'byte8_event_outbox', 'byte8_event_outbox_away');
    try {
        $missed = $programs->drive('invoice')['id'];
        $check($missed > 0, 'the merchant\'s save succeeds');
        [$status, $output] = $programs->magento(['byte8:sage:selftest']);
        $check($status !== 0 && str_contains($output, 'FAIL  database'), 'the self-test names the database', $output);
    } finally {
        $programs->drive('rename', 'byte8_event_outbox_away', 'byte8_event_outbox');
    }
    $programs->drive('older', (string) $missed);
    [, $output] = $programs->magento(['byte8:sage:outbox:run', '--sweep']);
    $check(preg_match('/Sweep: [1-9]/', $output) === 1, 'the sweep finds what was missed', $output);
    $check($runUntilSynced() === [], 'and it reaches Sage');
    $check(($states()['invoice.created:' . $missed] ?? '') === 'delivered', 'exactly as one event');

    echo "--- commands\n";
    [$status, $output] = $programs->magento(['byte8:sage:dry-run', 'invoice', '--id=' . $early['invoice'][0]]);
    $check($status === 0 && str_contains($output, 'Magento total'), 'dry run of a document', $output);
    [$status, $output] = $programs->magento(['byte8:sage:dry-run', 'invoice', '--from=2020-01-01']);
    $check($status === 0 && preg_match('/^reject\s+0$/m', $output) === 1, 'dry run of a range', $output);
    // The first may bring what this Magento had before; the second has nothing left to bring.
    $programs->magento(['byte8:sage:invoice:sync', '--from=2020-01-01']);
    [$status, $output] = $programs->magento(['byte8:sage:invoice:sync', '--from=2020-01-01']);
    $check($status === 0 && str_contains($output, ' 0 events on their way'), 'a backfill adds nothing twice', $output);
    [$status, $output] = $programs->magento(['byte8:sage:invoice:sync', '--id=' . $early['invoice'][0]]);
    $check($status === 0 && str_contains($output, '2 events'), 'one invoice again', $output);
    $check($runUntilSynced() === [], 'and the relay recognises it');
    $agrees($early);
    [$status, $output] = $programs->magento(['byte8:sage:outbox:inspect', '--state=all', '--json', '--limit=1']);
    $check($status === 0 && is_array(json_decode($output, true)), 'inspect', $output);
    [$status, $output] = $programs->magento(['byte8:sage:sync-state:backfill']);
    $check($status === 0 && preg_match('/[1-9][0-9]* statuses/', $output) === 1, 'sync-state backfill', $output);
    [$status, $output] = $programs->magento(['byte8:sage:selftest']);
    $check($status === 0, 'self-test', $output);
    [$status, $output] = $programs->magento(['byte8:sage:outbox:cleanup', '--days=0']);
    $check($status === 0, 'cleanup', $output);
    $posted = array_count_values(array_column($programs->ledger()['sales_invoices'], 'reference'));
    $check(max($posted) === 1, 'no invoice stands in Sage twice', $posted);

    echo "--- the admin in a browser\n";
    if ($programs->url('shop') . '/' === $baseUrl) {
        $pictures = getenv('BYTE8_SCREENSHOTS') ?: $work;
        [, $formKey] = $programs->magento(['config:show', 'admin/security/use_form_key'], false);
        $programs->magento(['config:set', 'admin/security/use_form_key', '0'], false);
        $password = 'E2e-' . bin2hex(random_bytes(8));
        $programs->magento([
            'admin:user:create', '--admin-user=byte8e2e', '--admin-password=' . $password,
            '--admin-email=byte8e2e@example.com', '--admin-firstname=E2e', '--admin-lastname=Test',
        ], false);
        $programs->magento(['cache:flush'], false);
        $front = (require $magento . '/app/etc/env.php')['backend']['frontName'];
        $browser = DevTools::start($work, 1500, 1000);
        $browser->open($baseUrl . $front, "document.querySelector('#username')", 120);
        $browser->evaluate("document.querySelector('#username').value = 'byte8e2e';"
            . "document.querySelector('#login').value = '" . $password . "';"
            . "document.querySelector('#login-form').submit()");
        $check($browser->waitFor("document.querySelector('.admin-user')", 180), 'login');
        $invoice = $early['invoice'][0];
        $chips = "document.querySelectorAll('td .byte8-chip').length > 0";
        $pages = [
            'invoices' => ['sales/invoice/', $chips],
            'creditmemos' => ['sales/creditmemo/', $chips],
            'customers' => ['customer/index/', $chips],
            'products' => ['catalog/product/', $chips],
            'invoice' => [
                'sales/order_invoice/view/invoice_id/' . $invoice . '/',
                "document.querySelector('.byte8-info').textContent.includes('SI-')",
            ],
            'config' => [
                'admin/system_config/edit/section/byte8/',
                "document.querySelector('.byte8-panel .byte8-facts')",
            ],
            'dry_run_range' => [
                'byte8_sage/dryRun/index/?type=invoice&from=2020-01-01',
                "document.querySelector('.byte8-totals')",
            ],
            'dry_run' => [
                'byte8_sage/dryRun/index/?type=invoice&entity=' . $invoice,
                "document.querySelector('.byte8-page')",
            ],
        ];
        foreach ($pages as $name => [$path, $condition]) {
            $isThere = $browser->open($baseUrl . $front . '/' . $path, $condition, 180);
            $browser->picture($pictures . '/admin-' . $name . '.png');
            $check($isThere, 'page: ' . $name, $browser->evaluate('document.body.innerText.slice(0, 500)'));
        }
        $browser->open(
            $baseUrl . $front . '/admin/system_config/edit/section/byte8/',
            "document.querySelector('[data-byte8-url*=selfTest]')",
            60
        );
        sleep(5);
        $browser->evaluate("document.querySelector('[data-byte8-url*=selfTest]').click()");
        sleep(5);
        $answer = (string) $browser->evaluate("document.querySelector('[data-byte8-answer]').textContent");
        $check(str_contains($answer, 'relay: answers'), 'the self-test button answers', $answer);
        $browser->stop();
        $programs->drive('forget-admin', 'byte8e2e');
        $programs->magento(['config:set', 'admin/security/use_form_key', trim($formKey) === '0' ? '0' : '1'], false);
    } else {
        echo "      left out: the shop's address is not a free one on 127.0.0.1\n";
    }

    echo "--- what a save costs, medians\n";
    foreach ($programs->drive('measure') as $name => $milliseconds) {
        printf("      %-18s %8.3f\n", $name, $milliseconds);
    }
} catch (Throwable $exception) {
    $check(false, 'the run came to its end', $exception->getMessage());
} finally {
    echo "--- uninstall\n";
    $programs->drive('uninstall');
    $programs->magento(['module:disable', 'Byte8_SageAccounting'], false);
    $all = new RecursiveIteratorIterator(
        new RecursiveDirectoryIterator($target, FilesystemIterator::SKIP_DOTS),
        RecursiveIteratorIterator::CHILD_FIRST
    );
    foreach ($all as $file) {
        $file->isDir() ? rmdir((string) $file) : unlink((string) $file);
    }
    rmdir($target);
    [$status, $output] = $programs->magento(['setup:upgrade', '--keep-generated'], false);
    $check($status === 0, 'setup:upgrade afterwards', $output);
    $check($programs->driveBy(false, [], 'tables') === [], 'no table of ours is left');
}
printf("%d checks, %d failures\n", $checks, count($failures));
exit($failures === [] ? 0 : 1);
