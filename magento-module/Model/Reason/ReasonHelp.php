<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Reason;

/**
 * What helps with a reason, in general. The reason's own words say which document, rate or account it is about.
 */
enum ReasonHelp
{
    /** A setting is missing or wrong. */
    case Settings;
    /** The merchant's settings leave such documents out. */
    case Choice;
    /** The document or another record has to change in Magento. */
    case Magento;
    /** A person has to compare Magento and Sage and decide. */
    case Ledger;
    /** Something has to change in Sage. */
    case Sage;
    /** Sage names a field. */
    case Field;
    /** The connection to Sage has ended. */
    case Reconnect;
    case OtherDocument;
    case Period;
    case Update;
    /** It ends by itself. */
    case Wait;
    /** Nothing is wrong. */
    case Nothing;

    /**
     * What to do, to be translated.
     */
    public function label(): string
    {
        return match ($this) {
            self::Settings => 'Correct the settings in the ledger. The document is then tried again by itself.',
            self::Choice => 'Your settings say so. To send it, change them in the ledger, then send it again.',
            self::Magento => 'Correct it in Magento, then send the document again.',
            self::Ledger => 'Open it in the ledger, compare it with Sage, and decide there.',
            self::Sage => 'Correct it in Sage, then send the document again.',
            self::Field => 'Correct what Sage names, in Magento, in the settings or in Sage. Then send it again.',
            self::Reconnect => 'Connect Sage again in the ledger. Documents wait and then continue by themselves.',
            self::OtherDocument => 'Correct the document it depends on. This one then continues by itself.',
            self::Period => 'Open the period in Sage or choose a later first day in the settings. Then send it again.',
            self::Update => 'Update module, core and relay to the same release, then send the document again.',
            self::Wait => 'Nothing to do: it continues by itself.',
            self::Nothing => 'Nothing to do.',
        };
    }

    /**
     * Whether it helps to send the document again once the cause is gone.
     */
    public function isSentAgain(): bool
    {
        return !in_array($this, [self::Ledger, self::Reconnect, self::Wait, self::Nothing], true);
    }
}
