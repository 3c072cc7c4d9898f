<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Model\Connection\ConnectionStoreInterface;
use Byte8\SageAccounting\Model\ModuleConfig;
use Byte8\SageAccounting\Model\Reason\Reason;
use Byte8\SageAccounting\Model\Reason\ReasonHelp;
use Byte8\SageAccounting\Model\Relay\BindingStatusRepository;

/**
 * Pages of the ledger, which is the relay's dashboard; none where neither the shop's settings nor the relay name its
 * address.
 */
class LedgerLinks
{
    public function __construct(
        private readonly ModuleConfig $config,
        private readonly ConnectionStoreInterface $connections,
        private readonly BindingStatusRepository $statuses
    ) {
    }

    /**
     * The page of this shop, or that of all shops while it is not connected.
     */
    public function home(): ?string
    {
        return $this->page('');
    }

    /**
     * The page of one event in the ledger, with all attempts.
     */
    public function run(?string $runId): ?string
    {
        return $runId === null || $this->bindingId() === null
            ? null
            : $this->page('/documents/' . rawurlencode($runId));
    }

    public function setUp(): ?string
    {
        return $this->page('/setup');
    }

    /**
     * The page that helps with a reason.
     *
     * @return ?array{string, string} address and words of the link
     */
    public function helping(Reason $reason, ?string $runId): ?array
    {
        [$url, $words] = match ($reason->kind) {
            ReasonHelp::Settings, ReasonHelp::Choice, ReasonHelp::Period => [
                $this->page('/settings'), (string) __('Open the settings'),
            ],
            ReasonHelp::Reconnect => [$this->page('/connections'), (string) __('Connect Sage again')],
            ReasonHelp::Nothing => [null, ''],
            default => [$this->run($runId), (string) __('Open in the ledger')],
        };

        return $url === null ? null : [$url, $words];
    }

    private function page(string $path): ?string
    {
        $dashboard = $this->config->dashboardUrl() ?? $this->statuses->dashboardUrl();
        $binding = $this->bindingId();

        return $dashboard === null || $binding === null
            ? $dashboard
            : $dashboard . '/b/' . rawurlencode($binding) . $path;
    }

    private function bindingId(): ?string
    {
        return $this->connections->load()?->bindingId;
    }
}
