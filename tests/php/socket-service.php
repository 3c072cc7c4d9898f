<?php

/** The process behind FakeSocketService: reads prepared answers from standard input and gives them on a socket. */

declare(strict_types=1);

$answers = unserialize(stream_get_contents(STDIN), ['allowed_classes' => false]);
$server = stream_socket_server('unix://' . $argv[1]);
echo "ready\n";

$client = null;
while ($answers !== []) {
    $client ??= stream_socket_accept($server, 60);
    $line = fgets($client);
    if ($line === false) {
        // The client has gone; the next one gets the answer.
        fclose($client);
        $client = null;
        continue;
    }
    $length = array_sum(json_decode($line, true)['bytes']);
    if ($length > 0) {
        stream_get_contents($client, $length);
    }
    $answer = array_shift($answers);
    if ($answer === null) {
        fclose($client);
        $client = null;
    } else {
        fwrite($client, $answer);
    }
}
// Whoever is waiting still must see neither an answer nor the end.
sleep(60);
