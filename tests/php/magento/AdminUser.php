<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento;

/**
 * An administrator of the shop who is made for a run and forgotten after it.
 */
class AdminUser
{
    private const NAME = 'byte8e2e';

    private const SECONDS = 180;

    private readonly string $password;

    public function __construct(private readonly Programs $programs)
    {
        $this->password = 'E2e-' . bin2hex(random_bytes(8));
        $programs->magento([
            'admin:user:create', '--admin-user=' . self::NAME, '--admin-password=' . $this->password,
            '--admin-email=byte8e2e@example.com', '--admin-firstname=E2e', '--admin-lastname=Test',
        ], false);
    }

    /**
     * Signs in at the page that the window shows.
     *
     * @param string $until what is there afterwards
     */
    public function signIn(DevTools $window, string $until = "document.querySelector('.admin-user')"): bool
    {
        $window->waitFor("document.querySelector('#username')", self::SECONDS);
        $window->evaluate("document.querySelector('#username').value = '" . self::NAME . "';"
            . "document.querySelector('#login').value = '" . $this->password . "';"
            . "document.querySelector('#login-form').submit()");

        return $window->waitFor($until, self::SECONDS);
    }

    public function forget(): void
    {
        $this->programs->drive('forget-admin', self::NAME);
    }
}
