<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\DryRun;

/**
 * The expected result of one event.
 */
class DryRunLine
{
    /**
     * @param string $outcome post, skip or reject
     * @param string $incrementId the document's number in Magento, '' where it has none
     * @param string $total decimal text in the document's currency; '' where the plan names none
     * @param array<int, array{code: string, pointer: string, message: string}> $warnings
     * @param array<int, array{rate: string, net: string, tax: string}> $vat decimal text by tax rate
     */
    public function __construct(
        public readonly string $key,
        public readonly string $incrementId,
        public readonly string $outcome,
        public readonly string $code,
        public readonly string $pointer,
        public readonly string $message,
        public readonly string $suggestion,
        public readonly string $total,
        public readonly string $currency,
        public readonly array $warnings,
        public readonly array $vat = []
    ) {
    }

    public function entityType(): string
    {
        return (string) strstr($this->key, '.', true);
    }

    public function entityId(): int
    {
        return (int) substr((string) strrchr($this->key, ':'), 1);
    }

    /**
     * What people call the record.
     */
    public function name(): string
    {
        return $this->incrementId === '' ? '#' . $this->entityId() : $this->incrementId;
    }

    /**
     * The kind of event, such as `invoice.created`.
     */
    public function event(): string
    {
        return (string) strstr($this->key, ':', true);
    }
}
