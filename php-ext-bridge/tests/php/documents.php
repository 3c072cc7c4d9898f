<?php

/** An invalid document results in a decision of the core, not in an exception. */

declare(strict_types=1);

require __DIR__ . '/_support.php';

use Byte8\Sage\Decision;
use Byte8\Sage\Translator;

$translator = new Translator();
foreach (['', '{', 'nonsense', '[]', 'null', "\0", "{\"a\":\"\xff\"}", "{}\xff", str_repeat('[', 100_000)] as $event) {
    foreach ([[$event, settings()], [settings(), $event]] as [$first, $second]) {
        $decision = $translator->translate($first, $second);
        holds($decision instanceof Decision, 'a decision');
        same('reject', $decision->outcome, substr($event, 0, 20));
        holds($decision->code !== '', 'a code');
        holds($decision->message !== '', 'a message');
        holds($decision->suggestion !== '', 'a suggestion');
        $document = json_decode($decision->json, true, 512, JSON_THROW_ON_ERROR);
        same('reject', $document['decision'], 'the document says the same');
        same($decision->code, $document['code'], 'code');
        same($decision->pointer, $document['pointer'], 'pointer');
        same($decision->message, $document['message'], 'message');
        same($decision->suggestion, $document['suggestion'], 'suggestion');
        holds(!str_contains($decision->json, "\n"), 'one line');
    }
}

$again = $translator->translate('{', settings());
same($again->json, (new Translator())->translate('{', settings())->json, 'the same bytes from another translator');

try {
    $again->json = 'other';
    throw new LogicException('a decision could be changed');
} catch (Error $error) {
    holds(str_contains($error->getMessage(), 'readonly'), $error->getMessage());
}

done();
