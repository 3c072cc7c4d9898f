<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools;

use Magento\Framework\Escaper;

/**
 * Renders the admin's templates with their view models, and shows them in a real browser.
 */
trait AdminScreen
{
    /** Finds the text of a page that differs least from its background. */
    private static string $contrast = <<<'HTML'
        <script>
        const light = parts => {
            const [r, g, b] = parts.map(each => each / 255)
                .map(each => each <= 0.03928 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const colour = text => text.match(/[0-9.]+/g).map(Number);
        const behind = element => {
            for (; element; element = element.parentElement) {
                const [r, g, b, a] = colour(getComputedStyle(element).backgroundColor);
                if (a !== 0) {
                    return [r, g, b];
                }
            }
            return [255, 255, 255];
        };
        let least = 21, where = '';
        document.querySelectorAll('body *').forEach(element => {
            const isText = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim() !== '');
            if (!isText || ['SCRIPT', 'STYLE'].includes(element.tagName) || element.disabled) {
                return;
            }
            const front = light(colour(getComputedStyle(element).color).slice(0, 3));
            const [a, b] = [front, light(behind(element))].sort((x, y) => y - x);
            if ((a + 0.05) / (b + 0.05) < least) {
                least = (a + 0.05) / (b + 0.05);
                where = element.tagName + ' ' + element.className;
            }
        });
        document.body.dataset.contrast = least.toFixed(2);
        document.body.dataset.least = where;
        </script>
        HTML;

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
            . '<body>' . $html . self::$contrast . '</body></html>');
        Browser::picture($file, $folder . '/byte8-page-' . $name . '.png', 1200, 900);
        $size = (array) getimagesize($folder . '/byte8-page-' . $name . '.png');
        self::assertSame([1200, 900], [$size[0], $size[1]]);
        $dom = Browser::elements($file);
        preg_match('/data-contrast="([0-9.]*)" data-least="([^"]*)"/', $dom, $least);
        self::assertGreaterThanOrEqual(4.5, (float) ($least[1] ?? 0), 'contrast of: ' . ($least[2] ?? ''));
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
