<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Outbox;

use Byte8\SageAccounting\Model\Outbox\IllegalTransitionException;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition;
use PHPUnit\Framework\TestCase;

/**
 * The whole table of states and transitions, legal and illegal.
 */
class OutboxTransitionTest extends TestCase
{
    /** Every legal step; whatever is not here must be refused. */
    private const LEGAL = [
        'captured' => ['skip' => 'skipped', 'reject' => 'rejected', 'freeze' => 'ready'],
        'skipped' => ['translate_again' => 'captured'],
        'rejected' => ['translate_again' => 'captured'],
        'ready' => ['start_delivery' => 'delivering'],
        'delivering' => [
            'start_delivery' => 'delivering',
            'confirm_delivery' => 'delivered',
            'fail_delivery' => 'failed',
            'postpone' => 'ready',
            'give_up' => 'dead',
        ],
        'delivered' => ['translate_again' => 'captured', 'deliver_again' => 'ready'],
        'failed' => ['start_delivery' => 'delivering', 'give_up' => 'dead'],
        'dead' => ['translate_again' => 'captured', 'deliver_again' => 'ready'],
    ];

    /**
     * @return iterable<string, array{OutboxState, OutboxTransition}>
     */
    public static function steps(): iterable
    {
        foreach (OutboxState::cases() as $state) {
            foreach (OutboxTransition::cases() as $transition) {
                yield $state->value . ' ' . $transition->value => [$state, $transition];
            }
        }
    }

    /**
     * @dataProvider steps
     */
    public function testStepIsLegalExactlyWhenTheTableSaysSo(OutboxState $state, OutboxTransition $transition): void
    {
        $target = self::LEGAL[$state->value][$transition->value] ?? null;
        if ($target === null) {
            $this->expectException(IllegalTransitionException::class);
            $this->expectExceptionMessage($state->value);
        }

        self::assertSame($target, $transition->apply($state)->value);
    }

    public function testWhatIsDeliverableIsUnfinished(): void
    {
        foreach (OutboxState::deliverable() as $state) {
            self::assertTrue($state->isUnfinished());
        }
        self::assertContains(OutboxState::Captured, OutboxState::unfinished());
        self::assertNotContains(OutboxState::Delivered, OutboxState::unfinished());
    }
}
