<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Connection;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\Decision;
use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\DryRun\DryRunRange;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\ShopReport\ShopReport;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\Controller\Result\Json;
use Magento\Framework\Controller\Result\JsonFactory;

/**
 * Tells the relay the shop's profile and what its documents of the last days would become.
 */
class Report extends Action implements HttpPostActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::connection';

    /** Keeps the request short; the command has no such limit. */
    private const SECONDS = 20;

    public function __construct(
        Context $context,
        private readonly JsonFactory $jsonFactory,
        private readonly ShopReport $report,
        private readonly Clock $clock
    ) {
        parent::__construct($context);
    }

    public function execute(): Json
    {
        $lines = [];
        try {
            $lines[] = $this->profile();
            $lines[] = $this->dryRun();
        } catch (RelayException $failure) {
            array_push($lines, $failure->getMessage(), $this->report->suggestion($failure));
        } catch (BridgeException $exception) {
            $lines[] = $exception->summary();
        }

        return $this->jsonFactory->create()->setData(['lines' => array_values(array_unique($lines))]);
    }

    private function profile(): string
    {
        return $this->report->sendProfile()
            ? (string) __('The relay has this shop\'s profile. It can propose settings now.')
            : $this->earlierRelease();
    }

    private function dryRun(): string
    {
        $until = $this->clock->now()->modify('+' . self::SECONDS . ' seconds');
        $summary = $this->report->sendDryRun(DryRunRange::DAYS, $until);

        return $summary === null ? $this->earlierRelease() : (string) __(
            'The relay has the dry run of %1 to %2: %3 to post, %4 to skip, %5 to reject.',
            $summary->from,
            $summary->to,
            $summary->count(Decision::POST),
            $summary->count(Decision::SKIP),
            $summary->count(Decision::REJECT)
        );
    }

    private function earlierRelease(): string
    {
        return (string) __('The relay is of an earlier release and does not take this yet.');
    }
}
