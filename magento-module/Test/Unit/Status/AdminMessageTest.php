<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Status;

use Byte8\SageAccounting\Model\AdminMessage;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition as Step;
use Byte8\SageAccounting\Model\Status\CaptureFailure;
use Byte8\SageAccounting\Model\SyncCycle;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Database\RelayParts;
use Byte8\SageAccounting\Test\Fake\ArrayCache;
use Byte8\SageAccounting\Test\Fake\FakeAdmin;
use Byte8\SageAccounting\Test\Fake\FakeLocale;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\InMemoryConnectionStore;
use Magento\Framework\Escaper;

/**
 * The message on every page of the admin: nothing while all is well, otherwise everything that needs attention.
 */
class AdminMessageTest extends DatabaseTestCase
{
    private RelayParts $parts;

    protected function setUp(): void
    {
        parent::setUp();
        $connections = new InMemoryConnectionStore(new Connection('https://relay.example', 'shop', 'secret'));
        $this->parts = new RelayParts($this->database, new FakeRelay(), $connections, $this->clock);
        $this->values->set(SyncCycle::LAST_RUN, $this->clock->now()->format(\DATE_ATOM));
    }

    public function testNothingIsSaidWhileAllIsWellOrToWhomItDoesNotConcern(): void
    {
        self::assertFalse($this->message()->isDisplayed());
        $this->clock->now = $this->clock->now->modify('+10 minutes');
        self::assertTrue($this->message()->isDisplayed());
        self::assertFalse($this->message(new FakeAdmin([], ['Byte8_SageAccounting::view']))->isDisplayed());
    }

    public function testProblemsAreSaidWithTimeAndRemedyAndStayTheSameMessage(): void
    {
        $this->clock->now = $this->clock->now->modify('+10 minutes');
        $this->stored(EventName::InvoiceCreated, 1, ['reasonCode' => 'tax'], Step::Reject);
        $text = $this->message()->getText();
        $identity = $this->message()->getIdentity();

        self::assertStringContainsString('cron has stopped running', $text);
        self::assertStringContainsString('Since 21 Nov 2026, 12:00.', $text);
        self::assertStringContainsString('One document needs attention.', $text);
        $this->stored(EventName::InvoiceCreated, 2, ['reasonCode' => 'tax'], Step::Reject);
        self::assertStringContainsString('2 documents need attention.', $this->message()->getText());
        self::assertSame($identity, $this->message()->getIdentity());
    }

    public function testATableThatCannotBeReadBreaksNoPage(): void
    {
        $this->database->adapter->execute('DROP TABLE byte8_event_outbox');

        self::assertStringContainsString('cannot be read', $this->message()->getText());
    }

    private function message(?FakeAdmin $admin = null): AdminMessage
    {
        $admin ??= new FakeAdmin();

        return new AdminMessage(
            $this->parts->health(),
            new CaptureFailure(new ArrayCache(), $this->clock),
            $admin,
            $admin,
            new Escaper(),
            FakeLocale::format()
        );
    }
}
