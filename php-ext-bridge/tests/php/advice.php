<?php

/** Readable pages, problems of settings and causes of replies: any input text gives an output text. */

declare(strict_types=1);

require __DIR__ . '/_support.php';

use Byte8\Sage\Translator;

$translator = new Translator();
foreach (['', '{', '[]', 'null', "\0", "{\"a\":\"\xff\"}", str_repeat('[', 100_000)] as $text) {
    $page = $translator->explain($text, settings());
    holds(str_starts_with($page, "REJECT the document\n"), $page);

    $structure = json_decode($translator->explainSections($text, settings()), true, 512, JSON_THROW_ON_ERROR);
    same('REJECT the document', $structure['headline'], 'the headline');

    $problems = json_decode($translator->validateSettings($text), true, 512, JSON_THROW_ON_ERROR);
    holds($problems !== [], 'broken settings have a problem');
    same(['code', 'pointer', 'message', 'suggestion'], array_keys($problems[0]), 'a problem');

    $causes = json_decode($translator->explainReply($text, $text, 'invoice:1'), true, 512, JSON_THROW_ON_ERROR);
    holds($causes !== [], 'a reply has a cause');
    same(['code', 'pointer', 'what', 'why', 'suggestion', 'sage'], array_keys($causes[0]), 'a cause');
}

same('[]', $translator->validateSettings(settings()), 'the default settings');
same('[]', $translator->validateSettings(settings(), null), 'no tier is a tier without limits');
same('[]', $translator->validateSettings(settings(), ''), 'nor is an empty one');
holds(str_contains($translator->validateSettings(settings(), '[]'), 'tier_limit_exceeded'), 'a tier without features');
holds(str_contains($translator->validateSettings(settings(), '["payment"]'), '/tier/0'), 'a feature that is none');

$reply = '[{"$severity":"error","$dataCode":"AuthorizationFailure","$message":"No active subscription. (MSE)","$source":""}]';
holds(str_contains($translator->explainReply($reply, '{}'), '"no_active_subscription"'), 'a known message');
same($translator->explainReply($reply, '{}'), $translator->explainReply($reply, '{}', ''), 'no step is the last step');

fails_with('input_too_large', static fn () => $translator->explainReply(str_repeat(' ', 16 * 1024 * 1024 + 1), '{}'));
fails_with('input_too_large', static fn () => $translator->explain('{}', str_repeat(' ', 16 * 1024 * 1024 + 1)));

done();
