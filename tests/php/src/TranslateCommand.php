<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\TranslatorInterface;

/**
 * PHP's door to the core for the corpus runner: one request line in, one answer line out, in the same order.
 *
 * A request is `{"event":"<text>","settings":"<text>"}`, both texts passed on untouched. The answer is the
 * decision document, or `{"error":{"code","pointer","message","suggestion"}}` when the host could not answer or the
 * line was no request; the command then ends with exit code 2.
 */
class TranslateCommand
{
    private const FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE
        | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR;

    /**
     * @param \Closure $openTranslator gives the TranslatorInterface, or throws BridgeException
     */
    public function __construct(
        private readonly Streams $streams,
        private readonly \Closure $openTranslator
    ) {
    }

    public function run(): int
    {
        try {
            /** @var TranslatorInterface $translator */
            $translator = ($this->openTranslator)();
        } catch (BridgeException $exception) {
            $this->streams->error('translate: ' . $exception->summary());

            return 2;
        }
        $exitCode = 0;
        foreach ($this->streams->inputLines() as $number => $line) {
            $request = json_decode($line, true);
            if (!is_string($request['event'] ?? null) || !is_string($request['settings'] ?? null)) {
                $this->answerError('bad_request', '', sprintf('line %d is no request', $number + 1), '');
                $exitCode = 2;
                continue;
            }
            try {
                $this->streams->line($translator->translate($request['event'], $request['settings'])->json);
            } catch (BridgeException $exception) {
                $this->answerError(
                    $exception->errorCode,
                    $exception->pointer,
                    $exception->getMessage(),
                    $exception->suggestion
                );
                $exitCode = 2;
            }
        }

        return $exitCode;
    }

    private function answerError(string $code, string $pointer, string $message, string $suggestion): void
    {
        $this->streams->line(json_encode(
            ['error' => compact('code', 'pointer', 'message', 'suggestion')],
            self::FLAGS
        ));
    }
}
