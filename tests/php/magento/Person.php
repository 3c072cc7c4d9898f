<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento;

/**
 * Somebody in front of one window of the browser. What they do is counted, what they see is kept in pictures.
 */
class Person
{
    private const SECONDS_OF_PATIENCE = 200;

    private const LOOKS_EVERY_MS = 100;

    public function __construct(
        private readonly DevTools $window,
        private readonly ActionLog $log,
        private readonly string $place
    ) {
    }

    /**
     * Goes to an address that they have in front of them, such as a link or a bookmark.
     */
    public function visit(string $url, string $until): void
    {
        $this->window->bringToFront();
        $this->window->open($url, 'true', self::SECONDS_OF_PATIENCE);
        $this->wait($until);
    }

    /**
     * Types into a field, or pastes.
     */
    public function fill(string $selector, string $text): void
    {
        $this->window->bringToFront();
        $this->wait($selector);
        $this->log->add($this->place, 'fill ' . $selector);
        $this->window->evaluate($this->element($selector) . '.focus()');
        $this->window->type($text);
    }

    /**
     * Chooses a value, as in a calendar.
     */
    public function choose(string $selector, string $value): void
    {
        $this->window->bringToFront();
        $this->wait($selector);
        $this->log->add($this->place, 'choose ' . $selector);
        $this->window->evaluate($this->element($selector) . '.value = ' . json_encode($value));
    }

    /**
     * Presses a button or follows a link to another page.
     */
    public function click(string $selector, string $until): void
    {
        $this->press($selector, $until, 'window.isOld = true;', '!window.isOld && ');
    }

    /**
     * Presses something that stays on the page, and confirms what is asked.
     */
    public function pressHere(string $selector, string $until): void
    {
        $this->press($selector, $until, 'window.confirm = () => true;', '');
    }

    /**
     * Waits for an element, over however many pages.
     */
    public function wait(string $selector): void
    {
        $this->waitUntil('document.querySelector(' . json_encode($selector) . ')', $selector);
    }

    /**
     * Waits until an element shows a text.
     */
    public function waitForText(string $selector, string $text): void
    {
        $shown = 'document.querySelector(' . json_encode($selector) . ')?.innerText.includes(' . json_encode($text)
            . ')';
        $this->waitUntil($shown, $text . ' in ' . $selector);
    }

    public function text(string $selector): string
    {
        return (string) $this->window->evaluate($this->element($selector) . '?.innerText');
    }

    public function isThere(string $selector): bool
    {
        return $this->window->evaluate($this->element($selector) . ' !== null') === true;
    }

    /**
     * Scrolls to an element.
     */
    public function showing(string $selector): void
    {
        $this->window->evaluate($this->element($selector) . ".scrollIntoView({block: 'center'})");
    }

    public function valueOf(string $selector): string
    {
        return (string) $this->window->evaluate($this->element($selector) . '?.value');
    }

    public function linkOf(string $selector): string
    {
        return (string) $this->window->evaluate($this->element($selector) . '?.href');
    }

    public function address(): string
    {
        return (string) $this->window->evaluate('location.href');
    }

    public function picture(string $name, bool $isWhole = true): void
    {
        $this->window->picture($this->log->picture($name), $isWhole);
    }

    /**
     * Waits until a script of the page returns true.
     */
    public function waitUntil(string $condition, string $what): void
    {
        if (!$this->window->waitFor($condition, self::SECONDS_OF_PATIENCE, self::LOOKS_EVERY_MS)) {
            $this->picture('stuck');
            $seen = (string) $this->window->evaluate('location.href + " " + document.body.innerText.slice(0, 3000)');
            throw new \RuntimeException($this->place . ': no ' . $what . ' at ' . $seen);
        }
    }

    private function press(string $selector, string $until, string $before, string $also): void
    {
        $this->window->bringToFront();
        $this->wait($selector);
        $this->log->add($this->place, 'click ' . $selector);
        $this->window->evaluate($before . $this->element($selector) . '.click()');
        $this->waitUntil($also . 'document.querySelector(' . json_encode($until) . ')', $until);
    }

    private function element(string $selector): string
    {
        return 'document.querySelector(' . json_encode($selector) . ')';
    }
}
