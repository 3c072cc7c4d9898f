<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

/**
 * Splits a decision document into its parts without parsing the plan, whose bytes stay as the core wrote them.
 *
 * One change is made: characters outside the basic plane are written as JSON escapes. Magento's tables and
 * connection hold three-byte UTF-8 only and would turn them into question marks. The digest is over these bytes, and
 * exactly these bytes are sent.
 */
class DecisionDocument
{
    private const PLAN_BEGINS = '{"decision":"post","plan":';

    /** What follows the plan or the reason; inside a JSON text the quotes would be escaped. */
    private const FINDINGS_BEGIN = ',"fired":[';

    /** First bytes of characters outside the basic plane; almost no document has one. */
    private const FOUR_BYTES = "\xF0\xF1\xF2\xF3\xF4";

    /** @var string[] ids of the rules that shaped the decision */
    public readonly array $firedRules;

    /** Warnings as a JSON list. */
    public readonly string $warningsJson;

    /** @var array<int, array{rate: string, net: string, tax: string}> decimal text by tax rate of the ledger */
    public readonly array $vat;

    private readonly int $end;

    /**
     * @param string $json decision document, keys in the order of the contract
     */
    public function __construct(private readonly string $json)
    {
        $end = strrpos($json, self::FINDINGS_BEGIN);
        $findings = $end === false ? null : json_decode('{' . substr($json, $end + 1), true);
        if (!is_array($findings)) {
            throw new \UnexpectedValueException('The decision document does not end with rules and warnings.');
        }
        $this->end = (int) $end;
        $this->vat = is_array($findings['vat'] ?? null) ? $findings['vat'] : [];
        $this->firedRules = array_values(array_map('strval', $findings['fired'] ?? []));
        $this->warningsJson = self::storable((string) json_encode(
            $findings['warnings'] ?? [],
            JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE
        ));
    }

    public function plan(): string
    {
        if (!str_starts_with($this->json, self::PLAN_BEGINS)) {
            throw new \UnexpectedValueException('The decision document does not have the form of a post.');
        }
        $begin = strlen(self::PLAN_BEGINS);

        return self::storable(substr($this->json, $begin, $this->end - $begin));
    }

    /**
     * The total that the plan expects in the ledger's response; the first step that has one is the document's.
     *
     * @return array<string, string> empty where the plan names none
     */
    public function expected(): array
    {
        // Inside a JSON text the quotes would be escaped.
        if (preg_match('/"expect":({[^{}]*"total_amount":[^{}]*})/', $this->json, $match) !== 1) {
            return [];
        }
        $expected = json_decode($match[1], true);

        return is_array($expected) ? $expected : [];
    }

    /**
     * The digest of a plan without its sequence: equal if a later edit changed nothing in the ledger.
     */
    public static function fingerprint(string $plan): string
    {
        $timeless = preg_replace('/"sequence":[0-9]+/', '"sequence":0', $plan, 1);

        return hash('sha256', (string) preg_replace('/"stock:([0-9]+):[0-9]+/', '"stock:$1:0', (string) $timeless));
    }

    /**
     * Equivalent JSON text in which every character fits three-byte UTF-8.
     */
    public static function storable(string $json): string
    {
        if (strpbrk($json, self::FOUR_BYTES) === false) {
            return $json;
        }

        return (string) preg_replace_callback(
            '/[\x{10000}-\x{10FFFF}]/u',
            static fn (array $match): string => trim((string) json_encode($match[0]), '"'),
            $json
        );
    }
}
