<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools;

use Magento\Framework\Escaper;

/**
 * Renders the admin's templates with their view models, and shows them in a real browser.
 */
trait AdminScreen
{
    private function rendered(string $template, object $viewModel): string
    {
        $block = new class ($viewModel) {
            public function __construct(private readonly object $viewModel)
            {
            }

            public function getData(string $key): object
            {
                return $this->viewModel;
            }
        };
        $escaper = new Escaper();
        ob_start();
        try {
            (static function (string $file) use ($block, $escaper): void {
                require $file;
            })($this->module() . '/view/adminhtml/templates/' . $template . '.phtml');
        } finally {
            $html = (string) ob_get_clean();
        }

        return $html;
    }

    /**
     * What a browser makes of a part of a page; the picture is kept where the environment says so.
     */
    private function shown(string $name, string $html): string
    {
        $css = (string) file_get_contents($this->module() . '/view/adminhtml/web/css/source/_module.less');
        $css = (string) preg_replace('~^//.*$~m', '', $css);
        $folder = (string) getenv('BYTE8_SCREENSHOTS');
        $folder = $folder === '' ? sys_get_temp_dir() : $folder;
        $file = $folder . '/byte8-page-' . $name . '.html';
        file_put_contents($file, '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>' . $name
            . '</title><style>html{font-size:62.5%}body{font:1.4rem sans-serif;margin:2rem}' . $css . '</style></head>'
            . '<body>' . $html . '</body></html>');
        Browser::picture($file, $folder . '/byte8-page-' . $name . '.png', 1200, 900);
        $size = (array) getimagesize($folder . '/byte8-page-' . $name . '.png');
        self::assertSame([1200, 900], [$size[0], $size[1]]);
        $dom = Browser::elements($file);
        if (getenv('BYTE8_SCREENSHOTS') === false) {
            unlink($file);
            unlink($folder . '/byte8-page-' . $name . '.png');
        }

        return $dom;
    }

    private function module(): string
    {
        return dirname(__DIR__, 3) . '/magento-module';
    }
}
