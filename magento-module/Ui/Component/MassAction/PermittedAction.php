<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Ui\Component\MassAction;

use Magento\Framework\AuthorizationInterface;
use Magento\Framework\View\Element\UiComponent\ContextInterface;
use Magento\Ui\Component\Action;

/**
 * An action of a grid that is offered only to those who have its permission. The controller checks it too.
 */
class PermittedAction extends Action
{
    /**
     * @param array<string, mixed> $components
     * @param array<string, mixed> $data
     */
    public function __construct(
        ContextInterface $context,
        private readonly AuthorizationInterface $authorization,
        array $components = [],
        array $data = []
    ) {
        parent::__construct($context, $components, $data);
    }

    /**
     * @inheritdoc
     */
    public function prepare()
    {
        $config = $this->getConfiguration();
        if (!$this->authorization->isAllowed((string) ($config['permission'] ?? ''))) {
            $this->setData('config', ['actionDisable' => true] + $config);
        }
        parent::prepare();
    }
}
