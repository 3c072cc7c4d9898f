<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Database;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Connection\ConnectionRule;
use Byte8\SageAccounting\Model\Connection\ConnectionStoreInterface;
use Byte8\SageAccounting\Model\Connection\KeyConnection;
use Byte8\SageAccounting\Model\Connection\Pairing;
use Byte8\SageAccounting\Model\Connection\RelayKeyReader;
use Byte8\SageAccounting\Model\Connection\TransportRule;
use Byte8\SageAccounting\Model\Installation\Installation;
use Byte8\SageAccounting\Model\Installation\InstallationMove;
use Byte8\SageAccounting\Model\KeyValue\ResourceConnectionKeyValueStore;
use Byte8\SageAccounting\Model\Outbox\OutboxRows;
use Byte8\SageAccounting\Model\Outbox\ResourceConnectionOutboxEditor;
use Byte8\SageAccounting\Model\Recovery\RelayRecovery;
use Byte8\SageAccounting\Model\Recovery\ResourceConnectionRecoveryStore;
use Byte8\SageAccounting\Model\Recovery\SequenceRecovery;
use Byte8\SageAccounting\Model\Relay\BindingState;
use Byte8\SageAccounting\Model\Relay\BindingStatusRepository;
use Byte8\SageAccounting\Model\Relay\Handshake;
use Byte8\SageAccounting\Model\Relay\RelayClientInterface;
use Byte8\SageAccounting\Model\Relay\RelayPosition;
use Byte8\SageAccounting\Model\Settings\LiveState;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Model\ShopReport\ReportOnConnection;
use Byte8\SageAccounting\Model\ShopReport\ShopReportSchedule;
use Byte8\SageAccounting\Model\Status\HealthCheck;
use Byte8\SageAccounting\Model\Status\HealthRows;
use Byte8\SageAccounting\Model\Status\LedgerResponseCheck;
use Byte8\SageAccounting\Model\Status\Problems;
use Byte8\SageAccounting\Model\SyncState\FeedPull;
use Byte8\SageAccounting\Model\SyncState\ResourceConnectionSyncStateStore;
use Byte8\SageAccounting\Model\SyncState\SyncStateRows;
use Byte8\SageAccounting\Test\Fake\FakeInstallationFacts;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\App\State;

/**
 * Everything between a shop on a test database and its fake relay, put together as Magento would.
 */
class RelayParts
{
    public readonly FakeInstallationFacts $facts;

    public readonly Installation $installation;

    public readonly Problems $problems;

    public readonly ResourceConnectionOutboxEditor $editor;

    public readonly ResourceConnectionKeyValueStore $values;

    public readonly BindingStatusRepository $statuses;

    public readonly FeedPull $feed;

    public readonly ResourceConnectionRecoveryStore $recoveryStore;

    public readonly RelayRecovery $relayRecovery;

    public readonly SequenceRecovery $sequenceRecovery;

    public readonly RelayPosition $position;

    public readonly ShopReportSchedule $reportSchedule;

    private readonly HealthRows $healthRows;

    public function __construct(
        TestDatabase $database,
        private readonly RelayClientInterface $relay,
        private readonly ConnectionStoreInterface $connections,
        private readonly Clock $clock
    ) {
        $rows = new OutboxRows();
        $tables = $database->tables;
        $this->values = new ResourceConnectionKeyValueStore($tables);
        $this->editor = new ResourceConnectionOutboxEditor($tables, $rows);
        $this->facts = new FakeInstallationFacts();
        $this->installation = new Installation($this->values, $this->facts, $clock);
        $this->problems = new Problems($this->values, $clock);
        $this->statuses = new BindingStatusRepository($this->values, $relay, $clock);
        $this->feed = new FeedPull(
            $relay,
            new ResourceConnectionSyncStateStore($tables, new SyncStateRows()),
            $this->editor,
            $this->values,
            $clock
        );
        $this->recoveryStore = new ResourceConnectionRecoveryStore(
            $tables,
            new ResourceConnection($database->adapter),
            $rows
        );
        $this->relayRecovery = new RelayRecovery(
            $this->recoveryStore,
            $this->feed,
            $relay,
            $this->statuses,
            $this->values,
            $clock
        );
        $this->sequenceRecovery = new SequenceRecovery($this->recoveryStore, $this->editor, $this->values, $clock);
        $this->position = new RelayPosition($this->values, $this->sequenceRecovery, $this->installation);
        $this->reportSchedule = new ShopReportSchedule($this->values, $this->installation, $clock);
        $this->healthRows = new HealthRows($tables);
    }

    public function handshake(): Handshake
    {
        return new Handshake(
            $this->installation,
            $this->statuses,
            $this->sequenceRecovery,
            $this->relayRecovery,
            $this->problems
        );
    }

    public function health(): HealthCheck
    {
        return new HealthCheck(
            $this->connections,
            $this->problems,
            $this->healthRows,
            $this->ledgerResponses(),
            $this->statuses,
            $this->installation,
            new LiveState($this->values),
            $this->values,
            $this->clock
        );
    }

    public function move(): InstallationMove
    {
        return new InstallationMove($this->installation, $this->relay, $this->problems);
    }

    public function pairing(SettingsRepository $settings): Pairing
    {
        return new Pairing(
            $this->values,
            $this->connections,
            $this->connectionRule(),
            $settings,
            $this->feed,
            $this->problems,
            $this->installation,
            new BindingState($this->position, $this->statuses, $this->relayRecovery, $this->sequenceRecovery),
            $this->reportSchedule,
            $this->clock
        );
    }

    public function keyConnection(SettingsRepository $settings, ReportOnConnection $report): KeyConnection
    {
        return new KeyConnection(
            new RelayKeyReader(),
            $this->connectionRule(),
            $this->relay,
            $this->statuses,
            $this->ledgerResponses(),
            $this->pairing($settings),
            $report
        );
    }

    private function connectionRule(): ConnectionRule
    {
        return new ConnectionRule(new TransportRule(new State()));
    }

    private function ledgerResponses(): LedgerResponseCheck
    {
        return new LedgerResponseCheck(
            $this->healthRows,
            $this->relayRecovery,
            $this->sequenceRecovery,
            $this->values,
            $this->clock
        );
    }
}
