<?php

/** Prints what reflection knows about the extension's classes; see stub.php. */

declare(strict_types=1);

foreach (['Translator', 'Decision', 'TranslatorException'] as $name) {
    $class = new ReflectionClass("Byte8\\Sage\\$name");
    $parent = $class->getParentClass();
    echo implode(' ', Reflection::getModifierNames($class->getModifiers())), " class $name";
    echo $parent ? " extends {$parent->getName()}" : '', "\n";
    $own = static fn ($member): bool => $member->getDeclaringClass()->getName() === $class->getName();
    foreach (array_filter($class->getProperties(), $own) as $property) {
        echo '  ', implode(' ', Reflection::getModifierNames($property->getModifiers())), ' ', $property->getType();
        echo ' $', $property->getName();
        echo $property->hasDefaultValue() ? ' = ' . var_export($property->getDefaultValue(), true) : '', "\n";
    }
    $methods = [];
    foreach (array_filter($class->getMethods(), $own) as $method) {
        $parameters = array_map(
            static fn (ReflectionParameter $parameter): string => $parameter->getType() . ' $' . $parameter->getName()
                . ($parameter->isDefaultValueAvailable() ? ' = ' . strtolower(var_export($parameter->getDefaultValue(), true)) : ''),
            $method->getParameters()
        );
        $methods[] = '  ' . implode(' ', Reflection::getModifierNames($method->getModifiers())) . ' function ' . $method->getName()
            . '(' . implode(', ', $parameters) . ')' . ($method->hasReturnType() ? ': ' . $method->getReturnType() : '') . "\n";
    }
    sort($methods);
    echo implode('', $methods);
}
