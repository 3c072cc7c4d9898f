<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\DryRun;

use Byte8\SageAccounting\Model\DryRun\Explanation;
use Byte8\SageAccounting\Model\DryRun\ExplanationSection;
use PHPUnit\Framework\TestCase;

/**
 * The core's explanation as a page lays it out. The text is the core's own.
 */
class ExplanationTest extends TestCase
{
    private const TEXT = <<<'TEXT'
POST credit memo 000000058 (creditmemo.created:67)
  waits for       invoice:172

Sales credit note
  reference       000000058, dated 2026-11-21
  contact         contact:G8e45ca927:GBP
                  b2c_consolidation is off: every buyer has a contact of their own

Lines
  #  description                quantity  unit price  discount    net  rate          tax
  1  Item 1 of cm_adj_both             1       29.17      0.00  29.17  GB_STANDARD  5.83
  4  Adjustment fee                    1       -7.25      0.00  -7.25  GB_ZERO      0.00
     Shipping, in Sage's panel                                   5.00  GB_STANDARD  1.00
     Sum, together 39.75                                        32.73               7.02

VAT
  delivered to GB; domestic: the rates of tax_rate_map by the percentage Magento applied

Rules that applied
  SQ-023          Sage keeps at most 10 characters of a contact reference, and each only once.
                  We: Registered customers get M and their id, guests G and the first nine hex digits of the SHA-256 of
                  their e-mail address; an id too long for that is hashed too.
TEXT;

    public function testFactsSentencesAndTablesAreTold(): void
    {
        $explanation = Explanation::of(self::TEXT);
        self::assertSame('POST credit memo 000000058 (creditmemo.created:67)', $explanation->headline);
        self::assertSame('post', $explanation->outcome());
        self::assertSame(
            ['', 'Sales credit note', 'Lines', 'VAT', 'Rules that applied'],
            array_map(static fn (ExplanationSection $section): string => $section->title, $explanation->sections)
        );
        [$first, $document, , $vat, $rules] = $explanation->sections;
        self::assertSame([['label' => 'waits for', 'texts' => ['invoice:172']]], $first->entries);
        self::assertSame(['label' => 'contact', 'texts' => [
            'contact:G8e45ca927:GBP', 'b2c_consolidation is off: every buyer has a contact of their own',
        ]], $document->entries[1]);
        self::assertSame('', $vat->entries[0]['label'], 'a sentence');
        self::assertSame([
            'Sage keeps at most 10 characters of a contact reference, and each only once.',
            'We: Registered customers get M and their id, guests G and the first nine hex digits of the SHA-256 of '
                . 'their e-mail address; an id too long for that is hashed too.',
        ], $rules->entries[0]['texts'], 'broken lines are one text again');
    }

    public function testCellsStandBelowTheNameOfTheirColumn(): void
    {
        $lines = Explanation::of(self::TEXT)->sections[2];
        self::assertSame(
            ['#', 'description', 'quantity', 'unit price', 'discount', 'net', 'rate', 'tax'],
            $lines->head
        );
        self::assertSame(
            ['4', 'Adjustment fee', '1', '-7.25', '0.00', '-7.25', 'GB_ZERO', '0.00'],
            $lines->rows[1]
        );
        self::assertSame(
            ['', 'Shipping, in Sage\'s panel', '', '', '', '5.00', 'GB_STANDARD', '1.00'],
            $lines->rows[2]
        );
        self::assertSame(['', 'Sum, together 39.75', '', '', '', '32.73', '', '7.02'], $lines->rows[3]);
        self::assertSame(
            [true, false, true, true, true, true, false, true],
            array_map($lines->isNumber(...), array_keys($lines->head))
        );
    }

    public function testWhatHasAnotherFormIsKept(): void
    {
        $explanation = Explanation::of("magento_row_damaged items[0]: missing\nagain\n   odd");
        self::assertSame('magento_row_damaged items[0]: missing', $explanation->headline);
        self::assertSame('again', $explanation->sections[0]->title);
        self::assertSame('odd', $explanation->sections[0]->entries[0]['texts'][0]);
        self::assertSame([], Explanation::of('')->sections);
    }
}
