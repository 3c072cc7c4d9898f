<?php

/** What phpinfo() says about the extension; for tests of PHP-FPM. */

declare(strict_types=1);

phpinfo(INFO_MODULES);
