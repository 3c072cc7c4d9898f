<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Model\Backfill\BackfillEstimate;
use Byte8\SageAccounting\Model\Backfill\BackfillJob;
use Byte8\SageAccounting\Model\Backfill\BackfillProgress;
use Byte8\SageAccounting\Model\Backfill\BackfillRequest;
use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Settings\OrderSetting;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Magento\Backend\Model\UrlInterface;
use Magento\Framework\App\RequestInterface;
use Magento\Framework\Data\Form\FormKey;
use Magento\Framework\View\Element\Block\ArgumentInterface;

/**
 * The backfill page: the choice, its size and duration, and the progress of the one that runs.
 */
class BackfillPage implements ArgumentInterface
{
    private const PROPOSED_DAYS = 30;
    private const PROPOSED_TYPES = ['invoice', 'creditmemo'];
    private const ORDER = 'order';

    private string $problem = '';

    public function __construct(
        private readonly BackfillJob $job,
        private readonly BackfillEstimate $estimate,
        private readonly SettingsRepository $settings,
        private readonly OrderSetting $orderSetting,
        private readonly RequestInterface $request,
        private readonly UrlInterface $url,
        private readonly FormKey $formKey,
        private readonly Clock $clock,
        public readonly DisplayFormat $format,
        public readonly DayField $dayField
    ) {
    }

    /**
     * @return string[] kinds that can be chosen
     */
    public function types(): array
    {
        return array_values(array_filter(
            BackfillRequest::TYPES,
            fn (string $type): bool => $type !== self::ORDER || $this->orderSetting->isEnabled()
        ));
    }

    /**
     * @return string[]
     */
    public function chosenTypes(): array
    {
        $types = $this->request->getParam('types');

        return is_array($types) ? array_values(array_intersect($this->types(), $types)) : self::PROPOSED_TYPES;
    }

    public function from(): string
    {
        return $this->chosenDay('from') ?? min($this->to(), max($this->dayAgo(self::PROPOSED_DAYS), $this->since()));
    }

    public function to(): string
    {
        return $this->chosenDay('to') ?? $this->dayAgo(1);
    }

    /**
     * @return ?array<string, int> number of records by kind; null if nothing was chosen yet or it makes no sense
     */
    public function records(): ?array
    {
        if ($this->request->getParam('from') === null) {
            return null;
        }
        try {
            return $this->job->count($this->from(), $this->to(), $this->chosenTypes());
        } catch (\InvalidArgumentException $exception) {
            $this->problem = $exception->getMessage();

            return null;
        }
    }

    /**
     * The error of this choice; empty when there is none.
     */
    public function problem(): string
    {
        return $this->problem;
    }

    /**
     * @param array<string, int> $records
     */
    public function duration(array $records): string
    {
        return $this->estimate->duration($records);
    }

    /**
     * The day before which the settings leave documents out; null if the choice begins later or there is none.
     */
    public function leftOutBefore(string $from): ?string
    {
        $since = $this->since();

        return $since > $from ? $since : null;
    }

    public function isLive(): bool
    {
        return $this->settings->isLive();
    }

    public function request(): ?BackfillRequest
    {
        return $this->job->request();
    }

    public function progress(): ?BackfillProgress
    {
        return $this->job->progress();
    }

    /**
     * What the backfill does at present, in one sentence.
     */
    public function sentence(BackfillRequest $request, BackfillProgress $progress): string
    {
        $checked = array_sum($progress->checked);
        $all = max($checked, array_sum($request->records));

        return (string) match (true) {
            $progress->finishedAt !== null => __(
                'Finished: %1 records checked, %2 events queued. What was sent before is not sent again.',
                $checked,
                $progress->queued
            ),
            $request->isStopped => __('Stopped after %1 of %2 records. What is queued is still sent.', $checked, $all),
            $this->job->isPaused() => __(
                'Paused at %1 of %2 records, until more of the queue has been sent.',
                $checked,
                $all
            ),
            default => __('Running: %1 of %2 records checked, %3 events queued.', $checked, $all, $progress->queued),
        };
    }

    public function isRunning(BackfillRequest $request, BackfillProgress $progress): bool
    {
        return !$request->isStopped && $progress->finishedAt === null;
    }

    public function pageUrl(): string
    {
        return $this->url->getUrl('byte8_sage/backfill/index');
    }

    public function startUrl(): string
    {
        return $this->url->getUrl('byte8_sage/backfill/start');
    }

    public function changeUrl(): string
    {
        return $this->url->getUrl('byte8_sage/backfill/change');
    }

    public function formKey(): string
    {
        return $this->formKey->getFormKey();
    }

    /**
     * The first day of the settings, '' for none.
     */
    private function since(): string
    {
        $policy = json_decode((string) $this->settings->document(), true)['policy'] ?? null;
        $since = is_array($policy) ? $policy['sync_since'] ?? null : null;

        return is_string($since) ? substr($since, 0, 10) : '';
    }

    private function chosenDay(string $parameter): ?string
    {
        $day = $this->request->getParam($parameter);

        return is_string($day) ? $day : null;
    }

    private function dayAgo(int $days): string
    {
        return $this->clock->now()->modify('-' . $days . ' days')->format('Y-m-d');
    }
}
