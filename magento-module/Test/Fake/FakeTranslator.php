<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\Decision;
use Byte8\SageAccounting\Model\Bridge\ExplainerInterface;
use Byte8\SageAccounting\Model\Bridge\TranslatorInterface;

/**
 * Returns the test's decisions and records the calls; by default skips everything.
 */
class FakeTranslator implements TranslatorInterface, ExplainerInterface
{
    /** @var array<int, array{event: string, settings: string}> */
    public array $asked = [];

    /**
     * @param ?\Closure $answer (event, settings) to Decision; may throw BridgeException
     */
    public function __construct(
        private readonly ?\Closure $answer = null,
        private readonly ?BridgeException $brokenHost = null
    ) {
    }

    public function translate(string $event, string $settings): Decision
    {
        $this->asked[] = ['event' => $event, 'settings' => $settings];

        return $this->answer === null ? self::skip('fake') : ($this->answer)($event, $settings);
    }

    public function describe(): array
    {
        if ($this->brokenHost !== null) {
            throw $this->brokenHost;
        }

        return ['core_version' => 'fake'];
    }

    public function explain(string $event, string $settings): string
    {
        $decision = $this->translate($event, $settings);

        return strtoupper($decision->outcome) . ' ' . $decision->code . "\n";
    }

    public function explainSections(string $event, string $settings): string
    {
        $headline = trim($this->explain($event, $settings));

        return json_encode(['headline' => $headline, 'sections' => []], JSON_THROW_ON_ERROR);
    }

    public function validateSettings(string $settings, ?string $tier = null): string
    {
        return '[]';
    }

    public function explainReply(string $reply, string $plan, ?string $step = null): string
    {
        return '[]';
    }

    public static function post(string $plan = '{}'): Decision
    {
        $json = '{"decision":"post","plan":' . $plan . ',"fired":[],"warnings":[]}';

        return new Decision(Decision::POST, '', '', '', '', $json);
    }

    public static function skip(string $reason): Decision
    {
        $json = sprintf('{"decision":"skip","reason":"%s","message":"","fired":[],"warnings":[]}', $reason);

        return new Decision(Decision::SKIP, $reason, '', '', '', $json);
    }

    public static function reject(string $code): Decision
    {
        $json = sprintf(
            '{"decision":"reject","code":"%s","pointer":"/x","message":"m","suggestion":"s","fired":[],"warnings":[]}',
            $code
        );

        return new Decision(Decision::REJECT, $code, '/x', 'm', 's', $json);
    }
}
