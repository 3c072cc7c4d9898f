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

    private const TRIES = 5;

    private const SECONDS_TO_REACT = 10;

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
        $this->ready($selector, 'fill ');
        $this->window->evaluate($this->element($selector) . '.focus()');
        $this->window->type($text);
    }

    /**
     * Chooses a value, as in a calendar.
     */
    public function choose(string $selector, string $value): void
    {
        $this->ready($selector, 'choose ');
        $this->window->evaluate($this->element($selector) . '.value = ' . json_encode($value));
    }

    /**
     * Presses a button or follows a link to another page.
     */
    public function click(string $selector, string $until): void
    {
        $this->ready($selector, 'click ');
        $this->window->evaluate('window.isOld = true; ' . $this->element($selector) . '.click()');
        $this->waitUntil('!window.isOld && ' . $this->element($until), $until);
    }

    /**
     * Presses something that stays on the page, and confirms what is asked. A page whose scripts are not there yet does
     * not react: then it is pressed again.
     */
    public function pressHere(string $selector, string $until): void
    {
        $this->ready($selector, 'click ');
        $shown = $this->element($until) . ' !== null';
        for ($tries = self::TRIES; $tries > 0; $tries--) {
            $this->window->evaluate('window.confirm = () => true; ' . $this->element($selector) . '.click()');
            if ($this->window->waitFor($shown, self::SECONDS_TO_REACT, self::LOOKS_EVERY_MS)) {
                return;
            }
        }
        $this->waitUntil($shown, $until);
    }

    /**
     * Waits for an element, over however many pages.
     */
    public function wait(string $selector): void
    {
        $this->waitUntil($this->element($selector), $selector);
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

    /**
     * Comes to the window and finds an element, to do something with it.
     */
    private function ready(string $selector, string $what): void
    {
        $this->window->bringToFront();
        $this->wait($selector);
        $this->log->add($this->place, $what . $selector);
    }

    private function element(string $selector): string
    {
        return 'document.querySelector(' . json_encode($selector) . ')';
    }
}
