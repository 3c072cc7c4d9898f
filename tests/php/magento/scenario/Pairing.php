<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento\Scenario;

use Byte8\SageAccounting\Tools\Magento\Run;

/**
 * The code, the token, and what each opens.
 */
class Pairing
{
    public static function run(Run $run): void
    {
        $run->part('paired');
        $programs = $run->programs;
        $programs->startSimulator();
        $programs->startRelay();
        [, $baseUrl] = $programs->magento(['config:show', 'web/unsecure/base_url'], false);
        $run->baseUrl = trim($baseUrl);
        $programs->startShop(true, $run->baseUrl);
        [, $output] = $programs->magento(['byte8:sage:pair']);
        preg_match('/[A-Z2-9]{4}(-[A-Z2-9]{4}){3}/', $output, $code);
        $pairing = static fn (string $code): string => (string) json_encode([
            'code' => $code, 'binding_id' => 'e2e', 'relay_url' => $programs->url('relay'),
            'api_key' => $programs->apiKey,
        ]);
        [$status] = $programs->rest('setup/pair', $pairing('AAAA-AAAA-AAAA-AAAA'), null);
        $run->check($status === 401 || $status === 403, 'a wrong pairing code is refused', $status);
        [$status, $answer] = $programs->rest('setup/pair', $pairing($code[0] ?? ''), null);
        $isPaired = $status === 200 && ($answer['binding_id'] ?? '') === 'e2e';
        $run->check($isPaired, 'the right one pairs', [$status, $answer]);
        [$status] = $programs->rest('setup/pair', $pairing($code[0] ?? ''), null);
        $run->check($status !== 200, 'and only once', $status);
        self::settings($run, 'gb_base');
        self::tokens($run);
        self::again($run);
    }

    /**
     * Now as an operator does it: the code of the shop is given to the relay, which makes a key of its own.
     */
    private static function again(Run $run): void
    {
        $run->part('paired again, by the relay');
        $programs = $run->programs;
        [, $output] = $programs->magento(['byte8:sage:pair']);
        preg_match('/[A-Z2-9]{4}(-[A-Z2-9]{4}){3}/', $output, $code);
        $file = $programs->folder . '/pairing.code';
        file_put_contents($file, ($code[0] ?? '') . "\n");
        chmod($file, 0600);
        [$status, $output] = $programs->ledgerCli(
            'binding:pair',
            'e2e',
            '--shop',
            $programs->url('shop') . '/rest/V1/byte8',
            '--code-file',
            $file,
            '--relay-url',
            $programs->url('relay')
        );
        $run->check($status === 0, 'the relay hands a key over', $output);
        [$status] = $programs->rest('ping', null, $programs->token(''));
        $run->check($status === 401, 'the key before opens the shop no more', $status);
    }

    public static function settings(Run $run, string $profile): void
    {
        $file = dirname(__DIR__, 4) . '/golden/profiles/' . $profile . '.json';
        [$status, $output] = $run->programs->setSettings($file);
        $run->check($status === 0, 'settings are saved at the relay: ' . $profile, $output);
    }

    private static function tokens(Run $run): void
    {
        $run->part('the relay\'s interface');
        $programs = $run->programs;
        $invoice = $run->early['invoice'][0];
        self::totals($run);
        $token = $programs->token('');
        [$status, $answer] = $programs->rest('ping', null, $token);
        $run->check($status === 200 && ($answer['translator'] ?? '') === 'ready', 'ping', [$status, $answer]);
        [$status] = $programs->rest('ping', null, $token);
        $run->check($status === 401, 'a token is good for one request', $status);
        [$status] = $programs->rest('ping', null, null);
        $run->check($status === 401, 'nothing without a token', $status);
        [$status] = $programs->rest('ping', null, $programs->token('', ['aud' => 'other']));
        $run->check($status === 401, 'nothing with another shop\'s token', $status);
        [$status, $answer] = $programs->rest('invoice/' . $invoice, null, $programs->token(''));
        $event = json_decode((string) $answer, true);
        $isInvoice = $status === 200 && ($event['event'] ?? '') === 'invoice.created';
        $run->check($isInvoice, 'canonical invoice', $answer);
        [$status, $answer] = $programs->rest('order/' . $run->early['order'][0], null, $programs->token(''));
        $event = json_decode((string) $answer, true);
        $isOrder = $status === 200 && ($event['event'] ?? '') === 'order.placed';
        $run->check($isOrder, 'canonical order', $answer);
        [$status] = $programs->rest('invoice/999999', null, $programs->token(''));
        $run->check($status === 404, 'an unknown invoice is 404', $status);
        [$status, $answer] = $programs->rest('payment-methods', null, $programs->token(''));
        $hasCheques = $status === 200 && in_array('checkmo', array_column($answer, 'code'), true);
        $run->check($hasCheques, 'payment methods', $answer);
        $other = curl_init($programs->url('shop') . '/rest/V1/invoices/' . $invoice);
        curl_setopt_array($other, [
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_HTTPHEADER => ['Authorization: Bearer ' . $programs->token('')],
        ]);
        curl_exec($other);
        $isRefused = curl_getinfo($other, CURLINFO_RESPONSE_CODE) === 401;
        $run->check($isRefused, 'the token opens nothing of Magento\'s own');
    }

    /**
     * The shop's own totals, as the relay asks for them.
     */
    private static function totals(Run $run): void
    {
        $day = static fn (int $days): string => gmdate('Y-m-d', time() + $days * 86400);
        $ask = static function (string $from, string $to) use ($run): array {
            $body = (string) json_encode(['from' => $from, 'to' => $to]);

            return $run->programs->rest('shop-totals', $body, $run->programs->token($body));
        };
        [$status, $answer] = $ask($day(-1), $day(1));
        $report = json_decode(is_string($answer) ? $answer : '', true) ?? [];
        $byRate = '0';
        foreach ($report['totals'] ?? [] as $total) {
            $byRate = bcadd($byRate, bcadd($total['net'], $total['tax'], 4), 4);
        }
        $byDocument = array_reduce(
            array_column($report['documents'] ?? [], 'total'),
            static fn (string $sum, string $total): string => bcadd($sum, $total, 4),
            '0'
        );
        $run->check($status === 200 && $byRate === $byDocument && $byDocument > 0, 'its totals agree', $answer);
        $ids = array_column(array_filter(
            $report['documents'] ?? [],
            static fn (array $document): bool => $document['kind'] === 'invoice'
        ), 'entity_id');
        $run->check(array_diff($run->early['invoice'], $ids) === [], 'and name every invoice', $ids);
        [$status] = $ask('2020-01-01', $day(1));
        $run->check($status === 400, 'of 31 days at most', $status);
    }
}
